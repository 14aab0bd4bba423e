"""Addresses that ask for what cannot be, as the page sends them to the server: each is refused in one line."""

import pytest

from .test_look_requests import post, refused

pytestmark = pytest.mark.xdist_group("playground")


def test_a_step_is_one_of_the_run_in_view(served):
    runs = {"run1": "epochs:4,until:3", "run2": "1@2,epochs:9,until:8"}
    for path in ("check", "open"):
        assert post(served, f"/api/session/{path}", {"settings": {}, "runs": runs, "step": "7"})[0] == 200
        answer = post(served, f"/api/session/{path}", {"settings": {}, "runs": runs, "run": "1", "step": "7"})
        refused(answer, "step must be at most 4, the last step of the run, not 7")


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        ({"until": "-1"}, "until must be a whole number ≥ 0, not '-1'"),
        ({"until": "7.5"}, "until must be a whole number ≥ 0, not '7.5'"),
        ({"until": "9999999"}, "until must be at most 500, the last step of the run, not 9,999,999"),
        ({"step": "x"}, "step must be a whole number ≥ 0, not 'x'"),
        ({"step": "501"}, "step must be at most 500, the last step of the run, not 501"),
        ({"model": "nobody"}, "model must be one of"),
        ({"leftOut": "center,banana"}, "leftout names steps, such as center, not 'banana'"),
        ({"run": "0"}, "run is '0', the run in view, but there are no run1"),
        ({"runs": {"run1": "until:3", "run2": "1@1"}, "until": "3"}, "until is '3', but each run has its own"),
        ({"runs": {"run1": "hiden:3"}}, "run1: there is no setting 'hiden'; did you mean 'hidden'?"),
        ({"runs": {"run1": "until:501"}}, "run1: until must be at most 500"),
        ({"runs": {"run1": "epochs:3", "run2": "1@4"}}, "run2: run 1 has 3 steps: there is no step 4 to branch from"),
        ({"runs": {"run1": "epochs:3", "run2": "1@1"}, "run": "3"}, "run must be 1 to 2"),
    ],
)
def test_what_an_address_cannot_ask_for(served, address, fact):
    refused(post(served, "/api/session/check", {"settings": {}} | address), fact)
