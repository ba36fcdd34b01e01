"""numpy and builtin functions as plain Python with loops: lifted and differentiated like the user's own code."""
