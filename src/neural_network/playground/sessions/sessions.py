"""All sessions of a server: how many there may be, how much memory they share, and when one is given up."""

import secrets
import threading
import time

from ...support.errors import InputError
from .data import DataSets
from .job import Job
from .session import Session

MOST = 12
IDLE = 180.0  # seconds without a request, after which a tab has gone; hidden tabs send one a minute
MEMORY = 200_000_000  # bytes of all time lines together


class TooManySessions(InputError):
    """There are as many sessions as there may be."""


class Sessions:
    """The sessions of a server, by their keys."""

    def __init__(self, data: DataSets) -> None:
        self.data = data
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, job: Job) -> Session:
        """Return a new session. Raises TooManySessions where there is no room, after giving up those of closed tabs."""
        self.close_idle()
        with self._lock:
            if len(self._sessions) >= MOST:
                raise TooManySessions(f"{MOST} tabs are open already; close one of them")
            session = Session(secrets.token_urlsafe(16), job, self._budget)
            self._sessions[session.key] = session
        return session

    def get(self, key: str) -> Session | None:
        """Return the session with this key, if there is one, and note that it is in use."""
        session = self._sessions.get(key)
        if session:
            session.used = time.monotonic()
        return session

    def close(self, key: str) -> None:
        """End a session, if there is one with this key."""
        with self._lock:
            session = self._sessions.pop(key, None)
        if session:
            session.close()

    def close_idle(self) -> None:
        """End the sessions of tabs that have gone without saying so."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            if now - session.used > IDLE:
                self.close(session.key)

    def close_all(self) -> None:
        """End every session."""
        for key in list(self._sessions):
            self.close(key)

    def __len__(self) -> int:
        return len(self._sessions)

    def _budget(self) -> int:
        runs = sum(len(session.runs) for session in list(self._sessions.values()))
        return MEMORY // max(runs, 1)
