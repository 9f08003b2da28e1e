"""What the handlers of these tests can do: an event is ``{"do": <action>, …}``."""

import json
import os
import signal
import sys
import time
from pathlib import Path

CALLS = []


def note(path, text):
    """Append a line to a file, so that a test sees what was run, and how often."""
    with Path(path).open("a") as file:
        file.write(f"{text}\n")


def act(event, context):
    """Do what the event says."""
    CALLS.append(context.request_id)
    wish = json.loads(event)
    if "note" in wish:
        note(wish["note"], wish.get("text", context.request_id))
    return ACTIONS[wish.get("do", "echo")](wish, context)


def echo(wish, context):
    return wish


def count(wish, context):
    return {"calls": len(CALLS), "pid": os.getpid()}


def parent(wish, context):
    return os.getppid()


def fail(wish, context):
    raise ValueError(wish.get("why", "asked to fail"))


def fail_first(wish, context):
    """Fail until the note has that many lines."""
    if len(Path(wish["note"]).read_text().splitlines()) <= wish["times"]:
        raise RuntimeError("not yet")
    return "done"


def sleep(wish, context):
    time.sleep(wish["seconds"])
    return "slept"


def wait_for(wish, context):
    """Run until a file is there."""
    while not Path(wish["file"]).exists():
        time.sleep(0.01)
    return "seen"


def die(wish, context):
    os.kill(os.getpid(), signal.SIGKILL)


def leave(wish, context):
    sys.exit(3)


def say(wish, context):
    print("to stdout", flush=False)
    sys.stderr.write("to stderr\n")
    return "said"


def environment(wish, context):
    return {name: os.environ.get(name) for name in wish["names"]}


def show_context(wish, context):
    names = ["request_id", "region", "account_id", "log_project", "log_store", "tracing"]
    shown = {name: getattr(context, name) for name in names if hasattr(context, name)}
    shown["function"] = dict(vars(context.function))
    for part in ("credentials", "service"):
        if hasattr(context, part):
            shown[part] = dict(vars(getattr(context, part)))
    if hasattr(context, "logger"):
        shown["logger_at_first"] = context.logger
        context.getLogger().info("through the logger")
        shown["logger_later"] = context.logger is not None
    return shown


def call(wish, context):
    """Start other tasks, as our functions do: through the official SDK."""
    from alibabacloud_fc20230330 import models
    from alibabacloud_fc20230330.client import Client
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.runtime import RuntimeOptions

    url = os.environ["REFRESH_WATCH_FC_ENDPOINT"]
    client = Client(
        Config(
            access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            endpoint=url.removeprefix("http://"),
            protocol="http",
        )
    )
    statuses = []
    for task_id in wish["tasks"]:
        headers = models.InvokeFunctionHeaders(x_fc_invocation_type="Async", x_fc_async_task_id=task_id)
        request = models.InvokeFunctionRequest(body=json.dumps(wish.get("with", {})).encode())
        try:
            answer = client.invoke_function_with_options(wish["function"], request, headers, RuntimeOptions())
            statuses.append(answer.status_code)
        except Exception as error:
            statuses.append(error.status_code)
    return statuses


ACTIONS = {
    action.__name__: action
    for action in (
        echo,
        count,
        parent,
        fail,
        fail_first,
        sleep,
        wait_for,
        die,
        leave,
        say,
        environment,
        show_context,
        call,
    )
}
