"""Runs checks of Holdfast as steps of an Airflow pipeline.

Each task asks a server of Holdfast for a run (POST /api/v1/runs), waits until it is over and fails when
one of its locations is not up; Airflow retries it and keeps its history, Holdfast keeps the results.
The order says what depends on what: the shop is asked only once its database and its login answer.

Needs nothing but Airflow: the connection `holdfast` (type HTTP) holds the server's address as host and
the token as password. A second server may stand in the connection's extra: {"servers": ["https://…"]}.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowException
from airflow.hooks.base import BaseHook

NAMESPACE = "default"
#: Each request waits up to so long for the end of the run; then it asks again.
WAIT_SECONDS = 20
RUN_SECONDS_MAX = 300


def call(method: str, path: str, body: dict | None = None) -> dict:
    """One call to the first server that answers; a refusal is told with its code and its cure."""
    connection = BaseHook.get_connection("holdfast")
    servers = [connection.host, *connection.extra_dejson.get("servers", [])]
    problem: Exception | None = None
    for server in servers:
        base = server if "://" in server else f"http://{server}:{connection.port or 7070}"
        request = urllib.request.Request(
            f"{base}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if connection.password:
            request.add_header("Authorization", f"Bearer {connection.password}")
        try:
            with urllib.request.urlopen(request, timeout=WAIT_SECONDS + 10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = json.loads(error.read() or b"{}")
            if error.code < 500:
                raise AirflowException(f"{told.get('code')}: {told.get('message')} {told.get('cure')}") from error
            problem = error
        except OSError as error:
            problem = error
    raise AirflowException(f"no server of Holdfast answered: {problem}")


@task(retries=3, retry_delay=timedelta(seconds=30), retry_exponential_backoff=True)
def run_check(check: str, location: str | None = None) -> dict:
    """Runs a check now and gives back each location's status and time in milliseconds."""
    asked = {"namespace": NAMESPACE, "check": check}
    if location is not None:
        asked["location"] = location
    run = call("POST", "/api/v1/runs", asked)
    until = time.monotonic() + RUN_SECONDS_MAX
    while run["state"] == "queued" and time.monotonic() < until:
        run = call("GET", f"/api/v1/runs/{run['run']}?wait={WAIT_SECONDS}")
    if run["state"] != "finished":
        raise AirflowException(f"{check}: nobody ran it ({run['state']}); look at the agents of {run['locations']}")
    bad = [one for one in run["results"] if one["status"] != "up"]
    if bad:
        told = "; ".join(
            f"{one['key']['location']}: {one['status']}, {one.get('fault', {}).get('message', '')}" for one in bad
        )
        raise AirflowException(f"{check}: {told}")
    return {one["key"]["location"]: one["totalMs"] for one in run["results"]}


@dag(
    schedule="*/15 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=14),
    tags=["holdfast"],
)
def holdfast_checks():
    database = run_check.override(task_id="database")("database")
    login = run_check.override(task_id="login")("login")
    shop = run_check.override(task_id="shop")("shop")
    [database, login] >> shop


holdfast_checks()
