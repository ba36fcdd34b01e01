"""Run time: native code, the callable type, the entry that unboxes and boxes, and the state of a call."""
