"""The round trip through a real Label Studio server, by its API.

Label Studio asks for other versions than Stancewire does, so it lives in an environment of its own:

    uv venv /tmp/label-studio && uv pip install --python /tmp/label-studio/bin/python label-studio
    STANCEWIRE_LABEL_STUDIO=/tmp/label-studio/bin/label-studio python -m pytest -m long -k label_studio
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_labelling_tools import ITEMS, TEXT, pair

from pipeline.io.read import Reject
from pipeline.labelling.answers import Answer, decide
from pipeline.labelling.label_studio import read_export, write_project

SERVER = os.environ.get("STANCEWIRE_LABEL_STUDIO")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
# The first start migrates a database, which takes minutes on a busy machine.
PATIENCE = float(os.environ.get("STANCEWIRE_LABEL_STUDIO_SECONDS", "300"))

Call = Callable[..., Any]

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        SERVER is None, reason="STANCEWIRE_LABEL_STUDIO does not name the server's executable"
    ),
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Calls a fresh server: method, path below /api/, JSON body → JSON answer."""
    assert SERVER is not None
    folder = tmp_path_factory.mktemp("label-studio")
    base = f"http://127.0.0.1:{(port := free_port())}"
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
    }
    command = [SERVER, "start", "--no-browser", "--port", str(port), "--user-token", TOKEN]
    command += ["--username", "anna@example.com", "--password", "only for this test"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)

    def ask(method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{base}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    try:
        until = time.monotonic() + PATIENCE
        while True:
            assert server.poll() is None, (folder / "server.log").read_text(encoding="utf-8")
            assert time.monotonic() < until, "the server did not start"
            try:
                ask("GET", "version")
                break
            except OSError:
                time.sleep(1)
        yield ask
    finally:
        server.terminate()
        server.wait(timeout=60)


def test_a_project_goes_through_label_studio_and_comes_back(call: Call, tmp_path: Path) -> None:
    tasks_path, config_path = write_project(ITEMS, tmp_path, "stance@01234567")
    config = config_path.read_text(encoding="utf-8")
    project = call("POST", "projects", {"title": "stances", "label_config": config})["id"]
    imported = call("POST", f"projects/{project}/import", json.loads(tasks_path.read_text(encoding="utf-8")))
    assert (imported["task_count"], imported["prediction_count"]) == (2, 2)
    # The server knows every control of the config, and checks results against it.
    controls = call("GET", f"projects/{project}")["control_weights"]
    assert set(controls) == {"actor", "stance"}

    first, second = sorted(call("GET", f"projects/{project}/tasks"), key=lambda task: task["id"])
    ben = call("POST", "users", {"email": "ben@example.com", "username": "ben", "password": "also a test"})
    (prediction,) = call("GET", f"predictions?task={first['id']}")
    assert prediction["model_version"] == "stance@01234567"

    def annotate(task: dict[str, Any], answer: str, **more: Any) -> None:
        """Begins from the prediction, as the interface does, and chooses an answer."""
        marks = [one for one in prediction["result"] if one["type"] == "labels"]
        choice = next(one for one in prediction["result"] if one["type"] == "choices")
        result = (
            [*marks, choice | {"value": {"choices": [answer]}}]
            if task is first
            else [choice | {"value": {"choices": [answer]}}]
        )
        call("POST", f"tasks/{task['id']}/annotations", {"result": result, **more})

    annotate(first, "support")
    annotate(first, "support", completed_by=ben["id"])
    annotate(second, "neutral")
    annotate(second, "oppose", completed_by=ben["id"], was_cancelled=True)

    exported = call("GET", f"projects/{project}/export?exportType=JSON&download_all_tasks=true")
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if keep := os.environ.get("STANCEWIRE_LABEL_STUDIO_EXPORT"):
        Path(keep).write_bytes(path.read_bytes())

    found = list(read_export(path))
    answers = [one for one in found if isinstance(one, Answer)]
    (skipped,) = (one for one in found if isinstance(one, Reject))
    assert [(one.pair, one.answer) for one in answers] == [
        (pair("1"), "support"),
        (pair("1"), "support"),
        (pair("2", None), "neutral"),
    ]
    assert len({one.annotator for one in answers}) == 2
    assert (skipped.id, skipped.reason.partition(": ")[2]) == ("2", "was skipped")
    decided, rejects = decide(answers)
    assert rejects == []
    assert [(one.pair.id, one.pair.stance, one.pair.text == TEXT) for one in decided] == [
        ("1", "support", True),
        ("2", "neutral", True),
    ]
    assert len(decided[0].annotators) == 2
