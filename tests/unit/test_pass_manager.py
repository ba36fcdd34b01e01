"""The table of passes and the loop that runs them."""

import pytest
from ir_programs import CALLS, POWER
from ir_same import outcomes

from irad.ir.verify import VerifyError
from irad.passes.manager import ANY_FORM, PASSES, Pass, PassError, each, run_passes
from irad.passes.tools import FORMS

pytestmark = pytest.mark.smoke


def test_rows_are_consistent():
    for name, row in PASSES.items():
        assert row.name == name and row.doc and set(row.needs) <= set(FORMS)
        assert row.leaves is None or row.leaves in FORMS


def test_forms_timings_and_dumps():
    module = CALLS.module()
    timings, dumps = {}, []
    same = run_passes(
        module, ["inline", "loopform", "lower", "lifetime"], verify=True, timings=timings,
        dump=lambda name, m: dumps.append((name, m.form)),
    )
    assert same is module
    assert dumps == [("inline", "typed"), ("loopform", "loops"), ("lower", "low"), ("lifetime", "low")]
    assert list(timings) == [name for name, _ in dumps] and all(t > 0 for t in timings.values())
    assert outcomes(CALLS, module) == outcomes(CALLS)


def test_errors():
    with pytest.raises(PassError, match="there is no pass 'speed'; the passes are"):
        run_passes(POWER.module(), ["speed"])
    with pytest.raises(PassError, match="lifetime takes form low; the module has form typed"):
        run_passes(POWER.module(), ["lifetime"])


def test_what_a_pass_breaks_is_found(monkeypatch):
    def spoil(function):
        function.blocks[-1].term.args.clear()

    monkeypatch.setitem(PASSES, "spoil", Pass("spoil", each(spoil), "for this test", ANY_FORM))
    with pytest.raises(VerifyError, match="return of"):
        run_passes(POWER.module(), ["spoil"], verify=True)
    run_passes(POWER.module(), ["spoil"])


def test_loops_are_closed_again_after_cleaning_up(monkeypatch):
    def open_loops(function):
        done = function.blocks[-1]
        done.term.args[0] = function.blocks[1].params[1]

    monkeypatch.setitem(PASSES, "open", Pass("open", each(open_loops), "for this test", ANY_FORM, None, True))
    module = run_passes(POWER.module(), ["loopform", "open"], verify=True)
    assert module.form == "loops"
    assert outcomes(POWER, module) == outcomes(POWER)
