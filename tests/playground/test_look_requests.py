"""Requests of the views Draw, Under glass and Mistakes that ask for nonsense: each is refused in one line."""

import json
import time
from urllib.parse import urlencode

import pytest

from neural_network.data.normalize import MNIST
from neural_network.playground import drawing

from .conftest import TOKEN, wait
from .test_security import ask, message

pytestmark = pytest.mark.xdist_group("playground")

SEVEN = [[[0.55, 0.1], [0.9, 0.1], [0.7, 0.5]]]


@pytest.fixture(scope="module")
def session(served):
    return post(served, "/api/session/open", {"settings": {"hidden": 5}})[1]["session"]


def post(served, path, body, session=None, kind="application/json"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X_Token": TOKEN, "Content_Type": kind, "X_Session": session}
    return split(ask(served.port, message(served.port, "POST", path, body=content, **headers)))


def get(served, path, session, **params):
    question = f"{path}?{urlencode(params)}"
    return split(ask(served.port, message(served.port, "GET", question, X_Session=session)))


def split(answer):
    status, text = answer
    body = text.partition(b"\r\n\r\n")[2]
    return status, json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])


def refused(answer, fact):
    status, body = answer
    assert status == 400, body
    assert fact in body["error"]
    assert "\n" not in body["error"]
    assert len(body["error"]) < 400


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ({}, "strokes"),
        ({"strokes": {}}, "strokes"),
        ({"strokes": [[[1, 2, 3]]]}, "points"),
        ({"strokes": [[[1e308, 0]]]}, "points"),
        ({"strokes": [[[True, {}]]]}, "points"),
        ({"strokes": [[[0.5, 0.5]] * 4500]}, "4,500"),
        ({"strokes": SEVEN, "leftOut": "crop"}, "leftOut"),
        ({"strokes": SEVEN, "leftOut": [["crop"]]}, "leftOut"),
        ({"strokes": SEVEN, "leftOut": ["../../etc"]}, "unknown step"),
        ({"strokes": SEVEN, "step": 9}, "step"),
        ({"strokes": SEVEN, "step": -1}, "step"),
        ({"strokes": SEVEN, "step": [1]}, "step"),
    ],
)
def test_drawings(served, session, body, fact):
    refused(post(served, "/api/draw/read", body, session), fact)


@pytest.mark.parametrize("body", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff\xd8" * 5000])
def test_pictures(served, session, body):
    refused(post(served, "/api/draw/upload", body, session, "application/octet-stream"), "the file is ")


@pytest.mark.parametrize("body", [b"label,pixel0\n" + b"3,0\n" * 99, b"PK\x03\x04" + bytes(99), b"\0\0\x08\x03"])
def test_data_are_no_picture(served, session, body):
    answer = post(served, "/api/draw/upload", body, session, "application/octet-stream")
    refused(answer, "PNG, JPEG, GIF, BMP, TIFF, WEBP, PPM; to train on data, such as a CSV file, start mnist-nn play")
    assert ".csv" not in answer[1]["error"]


@pytest.mark.parametrize(
    ("path", "params", "fact"),
    [
        ("/api/draw/sample", {"sample": "test:999"}, "0 to 99"),
        ("/api/draw/sample", {"sample": "/etc/passwd"}, "sample"),
        ("/api/draw/sample", {"sample": "pixels:" + "A" * 5000}, "pixels"),
        ("/api/draw/weights", {"step": "1e3"}, "step"),
        ("/api/draw/weights", {"model": "../everyday-800"}, "one of"),
        ("/api/draw/sample", {"model": "everyday-801"}, "everyday-800"),
        ("/api/glass/step", {"sample": "test:1", "label": "12"}, None),
        ("/api/glass/step", {"sample": "pixels:" + "A" * 1046, "label": "12"}, "label"),
        ("/api/glass/step", {"sample": "test:" + ",".join("1" * 65)}, "64"),
        ("/api/glass/array", {"index": "9999"}, "arrays"),
        ("/api/glass/array", {}, "index"),
        ("/api/glass/cell", {"line": "0"}, "cell"),
        ("/api/glass/cell", {"line": "0", "cell": "1,2,3"}, "no cell"),
        ("/api/glass/cell", {"line": "0", "cell": "-1,0"}, "cell"),
        ("/api/glass/cell", {"line": "0", "cell": "٣,0"}, "cell"),
        ("/api/glass/cell", {"line": "0", "cell": "1" * 5000}, "cell"),
        ("/api/glass/cell", {"line": "999", "cell": "0,0"}, "lines"),
        ("/api/mistakes/matrix", {"part": "secret"}, "part"),
        ("/api/mistakes/images", {"label": "10"}, "label"),
        ("/api/mistakes/images", {"first": "-5"}, "first"),
        ("/api/mistakes/need", {"index": "100"}, "index"),
        ("/api/mistakes/need", {}, "index"),
    ],
)
def test_questions(served, session, path, params, fact):
    answer = get(served, path, session, **params)
    if fact is None:  # labels are for drawings; a test image has its own
        assert answer[0] == 200
    else:
        refused(answer, fact)


def test_a_drawing_is_answered_in_time(served, session):
    found = post(served, "/api/draw/read", {"strokes": SEVEN}, session)[1]
    assert [step["name"] for step in found["steps"]] == ["zoom", *(n for n, _ in drawing.fit_picture(
        drawing.picture_of(SEVEN), MNIST).steps)]  # fmt: skip
    times = []
    for _ in range(9):
        began = time.process_time()
        post(served, "/api/draw/read", {"strokes": SEVEN}, session)
        times.append(time.process_time() - began)
    assert sorted(times)[4] < 0.1  # of server and client, which this process is; other programs do not count


@pytest.fixture(scope="module")
def diverged(served):
    """The session of a run that has diverged."""
    key = post(served, "/api/session/open", {"data": "digits", "experiment": "sign", "until": 100})[1]["session"]
    run = served.sessions.get(key).run
    wait(lambda: run.status == "diverged", seconds=60)
    return key, run


@pytest.mark.parametrize("sample", ["test:0", "batch"])
def test_a_step_that_diverges_gives_way_to_the_last_one_before_it(served, diverged, sample):
    key, run = diverged
    status, found = get(served, "/api/glass/step", key, sample=sample)
    assert status == 200, found
    assert found["rows"]
    shown = int(found["note"].split("this is step ")[1].partition(",")[0])
    assert 0 < shown <= run.step
    assert found["note"].startswith(f"Step {run.step + 1} diverges")
    status, before = get(served, "/api/glass/step", key, sample=sample, step=shown - 1)
    assert status == 200
    assert (before["loss"], before["lossAfter"]) == (found["loss"], found["lossAfter"])
    assert get(served, "/api/glass/cell", key, sample=sample, line=0, cell="0,0")[0] == 200


def test_a_run_is_played_forward_only(served):
    key = post(served, "/api/session/open", {"settings": {"hidden": 5}, "until": 3})[1]["session"]
    wait(lambda: served.sessions.get(key).run.step == 3)
    for until in (0, 3):
        answer = post(served, "/api/train/play", {"until": until}, key)
        refused(answer, f"the run is at step 3: play it to a later one, not to {until}")
    assert get(served, "/api/mistakes/matrix", key)[1]["step"] == 3


def test_every_view_of_a_diverged_network_answers_or_says_so(served, diverged):
    key, run = diverged
    paths = ("train/look", "draw/sample", "draw/weights", "mistakes/matrix", "mistakes/images", "mistakes/need")
    said = set()
    for path in (*paths, "glass/step"):
        for step in (*range(run.step, run.step - 4, -1), 0):
            status, found = get(served, f"/api/{path}", key, step=step, sample="test:0", index=1)
            assert status == 200 or (status == 400 and "diverged" in found["error"]), (path, step, found)
            if status == 400:
                said.add(path)
                before = found["step"]
                assert 0 <= before < step
                assert f"the one after step {before} has not" in found["error"]
                assert get(served, f"/api/{path}", key, step=before, sample="test:0", index=1)[0] == 200
                assert get(served, f"/api/{path}", key, step=before + 1, sample="test:0", index=1)[0] == 400
    assert said == {"draw/sample", "mistakes/matrix", "mistakes/images", "mistakes/need"}
    assert post(served, "/api/break/diagnose", {}, key)[0] == 200


TWO = {"run1": "data:digits,hidden:12,until:3", "run2": "1@2,learning_rate:0.5,until:2"}


@pytest.mark.parametrize(
    ("words", "beside"),
    [
        ({}, []),
        ({"settings": {"hidden": "12", "learning_rate": "0.5"}, "data": "digits"}, []),  # those of run 2, in view
        ({"settings": {"hidden": "12", "learning_rate": "0.5"}, "run": "1"}, ["learning_rate"]),
        ({"settings": {"hidden": "20"}, "data": "clothes"}, ["hidden", "data"]),
        ({"settings": {"hidden": "20"}, "experiment": "dead"}, []),  # which is what Break it shows
    ],
)
def test_settings_beside_the_runs_of_an_address_are_named(served, words, beside):
    assert post(served, "/api/session/check", {"runs": TWO, **words}) == (200, {"beside": beside})
