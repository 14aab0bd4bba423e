"""A hostile matrix of requests at a real socket: each is refused, or answered, as it should be.

`pytest -n0 -s tests/playground/test_security.py` prints the count that docs/reliability.md states.
"""

import contextlib
import itertools
import json
import socket
import time

import pytest

from neural_network.playground.server import security, serve

pytestmark = pytest.mark.xdist_group("playground")

OURS = "127.0.0.1:{port}"
HOSTS = [
    OURS,
    "localhost:{port}",
    "127.0.0.1",  # without the port
    "127.0.0.1:1",
    "evil.example",
    "evil.example:{port}",  # what DNS rebinding sends
    "127.0.0.1.evil.example:{port}",
    "127.0.0.1:{port}@evil.example",
    "[::1]:{port}x",
    "LOCALHOST.:{port}",
    "",
]
GOOD_HOSTS = HOSTS[:2]
ORIGINS = [
    None,
    "http://127.0.0.1:{port}",
    "http://localhost:{port}",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:1",
    "http://evil.example",
    "http://127.0.0.1:{port}.evil.example",
    "null",
    "file://",
]
GOOD_ORIGINS = ORIGINS[:3]
SITES = [None, "same-origin", "same-site", "cross-site", "none"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"]
TOKENS = [None, "", "wrong", "the-token-of-the-tests"]
PATHS = {  # and what answers a request that is allowed
    "/": "GET",
    "/js/main.js": "GET",
    "/api/choices": "GET",
    "/api/train/look": "GET",
    "/api/session/open": "POST",
    "/api/train/play": "POST",
}


def ask(port: int, request: bytes, seconds: float = 10.0) -> tuple[int, bytes]:
    """Send bytes and return the status and the whole answer; status 0 where the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):  # closed before all was sent
            connection.sendall(request)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
    return (int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0), answer


def message(port: int, method: str, path: str, host: str = OURS, body: bytes = b"", **headers: str | None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host.format(port=port)}", "Connection: close"]
    lines += [
        f"{name.replace('_', '-')}: {value.format(port=port)}" for name, value in headers.items() if value is not None
    ]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def expected(method: str, path: str, host: str, origin: str | None, site: str | None, token: str | None) -> set[int]:
    """Return the statuses that are right."""
    if host not in GOOD_HOSTS:
        return {400, 421}
    if origin not in GOOD_ORIGINS:
        return {403}
    if site not in (None, "same-origin") and (method, path) != ("GET", "/"):
        return {403}
    if method not in ("GET", "HEAD", "POST"):
        return {405}
    if method == "POST" and token != TOKENS[-1]:
        return {403}
    if (method == "POST") != (PATHS[path] == "POST"):
        return {405} if method == "POST" else {404}
    return {410} if path.startswith("/api/train") else {200}  # which needs a session


def test_the_matrix(served):
    count = 0
    for method, path, host, origin in itertools.product(METHODS, PATHS, HOSTS, ORIGINS):
        check(served, method, path, host, origin, None, TOKENS[-1])
        count += 1
    for method, path, site, token in itertools.product(METHODS, PATHS, SITES, TOKENS):
        check(served, method, path, OURS, None, site, token)
        count += 1
    served.sessions.close_all()
    print(f"\n{count:,} requests")


def check(served, method, path, host, origin, site, token):
    kind = "application/json" if method == "POST" else None
    request = message(
        served.port, method, path, host, b"{}" if method == "POST" else b"",
        Origin=origin, Sec_Fetch_Site=site, X_Token=token, Content_Type=kind,
    )  # fmt: skip
    status, answer = ask(served.port, request)
    right = expected(method, path, host, origin, site, token)
    assert status in right, f"{request!r} gave {status}, not {right}: {answer[:300]!r}"
    if status != 400:  # which the parser gives to a request that is none
        assert b"content-security-policy: default-src 'none'" in answer
        assert b"access-control-allow" not in answer.lower()
    if status == 200 and path == "/api/session/open":
        served.sessions.close(json.loads(answer.partition(b"\r\n\r\n")[2])["session"])


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/js/../index.html", "/js/../../server/app.py", "/%2e%2e/%2e%2e/etc/passwd",
        "/js/main.js%00.css", "/js/", "/js", "/index.html", "/..%5c..%5cwindows", "/js/main.js/", "/\u00e9",
        "//etc/passwd", "/" + "a" * 9000,
    ],
)  # fmt: skip
def test_no_path_reaches_the_file_system(served, path):
    request = message(served.port, "GET", "/x").replace(b"/x", path.encode(), 1)
    status, answer = ask(served.port, request)
    assert status in (400, 404, 414), answer[:200]
    assert b"root:" not in answer


def post(served, path, body, kind="application/json", **headers):
    return ask(
        served.port, message(served.port, "POST", path, body=body, X_Token=served.token, Content_Type=kind, **headers)
    )


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("application/json", security.LARGEST_BODY + 1, 413),
        ("application/octet-stream", security.LARGEST_UPLOAD + 1, 413),
        ("text/plain", 10, 415),
        ("multipart/form-data", 10, 415),
        ("application/x-www-form-urlencoded", 10, 415),
        ("", 10, 415),
    ],
)
def test_bodies_have_limits_and_types(served, kind, size, status):
    assert post(served, "/api/session/open", b" " * size, kind)[0] in (status, 0)  # the end may overtake the answer


def test_a_body_that_lies_about_its_length_is_cut_off(served):
    head = message(served.port, "POST", "/api/session/open", X_Token=served.token, Content_Type="application/json")
    head = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert ask(served.port, head + 3 * chunk + b"0\r\n\r\n")[0] == 413
    for length in (b"-1", b"99999999999999999999", b"1e3", b"0x10"):
        status, _ = ask(served.port, head.replace(b"Transfer-Encoding: chunked", b"Content-Length: " + length))
        assert status in (400, 413)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_question_has_no_body(served, method):
    assert ask(served.port, message(served.port, method, "/", body=b"x" * 100))[0] == 413


HOSTILE = [
    b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b"[" * 60000, b'{"settings": []}',
    b'{"data": "/etc/passwd"}', b'{"data": "mnist+../x"}', b'{"data": 5}', b'{"data": null}', b'{"until": "1e3"}',
    b'{"until": "' + b"9" * 400 + b'"}', b'{"settings": {"seed": ' + b"9" * 5000 + b"}}",
    *(
        b'{"settings": {"%s": %s}}' % (name, value)
        for name, values in {
            b"hidden": [b"NaN", b"-1", b"1e999", b"9999999999", b"true", b"[1]", b"{}"],
            b"epochs": [b"1000000", b'"9e9"', b"1.5"],
            b"learning_rate": [b'"nan"', b"-1", b'"inf"'],
            b"activation": [b'"no such"', b"1", b'"\\u0000"'],
            b"from_run": [b'"/etc"'],
            b"callbacks": [b'["x"]'],
            b"__class__": [b'"x"'],
            b"dropout": [b"1"],
            b"batch_size": [b"0"],
            b"l2": [b'"1e400"'],
        }.items()
        for value in values
    ),
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_values_are_one_line(served, body):
    status, answer = post(served, "/api/session/open", body)
    if status == 200:  # an empty body is the usual run
        assert body == b""
        served.sessions.close_all()
        return
    assert status == 400
    error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error
    assert len(error) < 400
    assert "\n" not in error


def test_a_session_needs_its_key(served):
    for key in ("", "x", "../x", "a" * 5000):
        assert post(served, "/api/train/play", b"{}", X_Session=key)[0] == 410


def test_there_are_only_so_many_sessions(served, monkeypatch):
    served.sessions.close_all()
    monkeypatch.setattr("neural_network.playground.sessions.sessions.MOST", 2)
    assert [post(served, "/api/session/open", b"{}")[0] for _ in range(3)] == [200, 200, 429]
    monkeypatch.setattr("neural_network.playground.sessions.sessions.IDLE", -1.0)  # as if they had all been left
    assert post(served, "/api/session/open", b"{}")[0] == 200
    served.sessions.close_all()


def test_slow_clients_are_left(served, monkeypatch):
    monkeypatch.setattr(security, "SECONDS", 0.3)
    monkeypatch.setattr(serve, "FIRST_REQUEST", 0.3)
    began = time.monotonic()
    assert ask(served.port, b"GET / HT")[0] == 0  # a head that never comes
    head = message(served.port, "POST", "/api/session/open", X_Token=served.token, Content_Type="application/json")
    assert ask(served.port, head.replace(b"Content-Length: 0", b"Content-Length: 10"))[0] == 408
    assert time.monotonic() - began < 5


def test_a_hundred_connections_do_not_stop_the_server(served):
    waiting = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(serve.CONNECTIONS - 10)]
    assert ask(served.port, message(served.port, "GET", "/"))[0] == 200
    waiting += [socket.create_connection(("127.0.0.1", served.port)) for _ in range(20)]
    time.sleep(0.2)
    assert ask(served.port, message(served.port, "GET", "/"))[0] == 503
    for connection in waiting:
        connection.close()
    time.sleep(0.2)
    assert ask(served.port, message(served.port, "GET", "/"))[0] == 200


def test_no_web_sockets(served):
    request = message(
        served.port, "GET", "/api/choices", Upgrade="websocket", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
        Sec_WebSocket_Version="13",
    ).replace(b"Connection: close", b"Connection: Upgrade, close")  # fmt: skip
    assert ask(served.port, request)[0] in (200, 400, 403)  # never 101
