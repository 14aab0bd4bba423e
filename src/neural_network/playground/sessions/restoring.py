"""Training the runs of an address again, one after the other, in a thread beside the server's."""

import threading
import time

from ...support.errors import InputError
from .branches import Plan
from .session import Restoring, Session

PAUSE = 0.02  # seconds between looks at a run


def restore(session: Session, plans: list[Plan], in_view: int) -> None:
    """Begin to train the runs of `plans`, of which the session has the first, and bring run `in_view` into view then.

    `session.restoring` says how far it has come. It ends early where a run is paused before it has come far enough, or
    where the session is given other runs.
    """
    session.restoring = Restoring(len(plans))
    threading.Thread(
        target=_restore, args=(session, session.restoring, plans, in_view), daemon=True, name="restoring"
    ).start()


def _restore(session: Session, progress: Restoring, plans: list[Plan], in_view: int) -> None:
    try:
        for number, plan in enumerate(plans, 1):
            progress.number = number
            steps = [other.job.step for other in plans if other.parent == number]
            if not _train(session, progress, plan, max([plan.until, *steps])):
                return
        for plan, run in zip(plans, list(session.runs.values()), strict=False):
            if run.step > plan.until:  # it was trained further for the sake of a branch
                run.rewind(plan.until)
        session.choose(f"run {in_view}")
    except InputError as error:
        progress.problem = f"run{progress.number}: {error}"
    finally:
        progress.is_over = True


def _train(session: Session, progress: Restoring, plan: Plan, until: int) -> bool:
    """Begin a run and train it up to step `until`; return whether the next may begin."""
    if plan.parent:
        session.choose(f"run {plan.parent}")
        session.branch(plan.job.step, plan.job.settings)
    elif progress.number > 1:
        session.add(plan.job)
    run = session.run
    run.play(until)
    while run.status == "running" and session.restoring is progress:
        time.sleep(PAUSE)
    return session.restoring is progress and (run.status != "paused" or run.step >= min(until, run.total))
