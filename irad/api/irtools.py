"""What `irad.ir` offers to users: parse text, verify and run modules, the pass table.

`ir` itself imports nothing of later layers, so the op table and the passes are attached here, when irad is imported.
"""

from __future__ import annotations

import types
from typing import Any

import irad.ir
import irad.ir.parse
from irad.errors import for_user, user_facing
from irad.ir.core import Module
from irad.passes.manager import PASSES, Pass


@user_facing
def parse(text: str) -> Module:
    """The module that prints as `text`: `str(irad.ir.parse(text)) == text`.

    Raises
    ------
    ValueError
        If the text is not IR of this version; the message names line and column.

    Examples
    --------
    >>> import irad
    >>> module = irad.ir.parse('''irad 1 typed
    ...
    ... func @double(%x: float) -> float {
    ... ^entry:
    ...   %y: float = add %x, %x
    ...   return %y
    ... }
    ... ''')
    >>> module.verify()
    >>> module.run("double", 21.0)
    42.0
    """
    try:
        return irad.ir.parse.parse(text)
    except irad.ir.parse.ParseError as error:
        raise for_user(error) from None


@user_facing
def verify(module: Module) -> None:
    """Check every invariant of the module's form (docs/ir.md).

    Raises
    ------
    irad.ir.verify.VerifyError
        With all that is wrong in the first function that is.
    """
    from irad.ir.verify import VerifyError
    from irad.passes.tools import verify_module

    try:
        verify_module(module)
    except VerifyError as error:
        raise for_user(error) from None


@user_facing
def run(module: Module, name: str, /, *args: Any) -> Any:
    """Interpret a function of the module: its result, a tuple if it has several, None if it has none."""
    from irad.passes.tools import run_function

    if name not in module.functions:
        raise for_user(ValueError(f"the module has no function {name!r}; it has {', '.join(module.functions)}"))
    try:
        return run_function(module, name, *args)
    except Exception as error:  # of the program that is run, or of IR that no irad made
        raise for_user(error) from None


def passes() -> dict[str, Pass]:
    """The pass table by name: what each pass does, the forms it takes and the form it leaves.

    Examples
    --------
    >>> import irad
    >>> irad.ir.passes()["dce"].doc
    'what nothing needs is removed'
    """
    return dict(PASSES)


class _CallableModule(types.ModuleType):
    """The module `irad.ir.parse`, which is also the function of that name."""

    @user_facing
    def __call__(self, text: str) -> Module:
        return parse(text)


def attach() -> None:
    """Put these functions where users find them."""
    irad.ir.parse.__class__ = _CallableModule
    for name, function in {"passes": passes, "Module": Module}.items():
        setattr(irad.ir, name, function)
    for name, method in {"verify": verify, "run": run}.items():
        setattr(Module, name, method)


attach()
