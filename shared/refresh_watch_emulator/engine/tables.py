"""The SQL of the queue's file: its tables, and the query behind a list of tasks."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS task (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    function TEXT NOT NULL, task_id TEXT NOT NULL, request_id TEXT NOT NULL, event BLOB NOT NULL,
    listed INTEGER NOT NULL, accepted_at REAL NOT NULL, due_at REAL NOT NULL, expires_at REAL NOT NULL,
    status TEXT NOT NULL, retries INTEGER NOT NULL DEFAULT 0, runs INTEGER NOT NULL DEFAULT 0,
    throttles INTEGER NOT NULL DEFAULT 0, throttled_since REAL, ended_at REAL, duration REAL,
    instance_id TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
    destination_status TEXT NOT NULL DEFAULT '',
    UNIQUE (function, task_id));
CREATE INDEX IF NOT EXISTS task_by_status ON task (status, due_at);
CREATE TABLE IF NOT EXISTS step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL, at REAL NOT NULL, status TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS step_by_task ON step (number);
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY);
"""
COLUMNS = (
    "number, function, task_id, request_id, event, accepted_at, due_at, expires_at, status, retries, runs, throttles,"
    " throttled_since, ended_at, duration, instance_id, result, error, destination_status"
)
SOON = "MIN(due_at, expires_at)"
"""When a waiting task needs attention: it is to start, or has grown too old."""
FIND = """
SELECT number, function, task_id, request_id, event, accepted_at, due_at, expires_at, seen_status, retries, runs,
    throttles, throttled_since, ended_at, duration, instance_id, result, error, destination_status
FROM (
    SELECT *, CASE WHEN :seen_at IS NULL THEN status ELSE
        (SELECT s.status FROM step s WHERE s.number = task.number AND s.at <= :seen_at ORDER BY s.id DESC LIMIT 1)
        END AS seen_status
    FROM task WHERE function = :function AND listed AND substr(task_id, 1, length(:prefix)) = :prefix)
WHERE seen_status IS NOT NULL AND (:status IS NULL OR seen_status = :status)
    AND (:accepted_from IS NULL OR CAST(accepted_at * 1000 AS INTEGER) >= :accepted_from)
    AND (:accepted_until IS NULL OR CAST(accepted_at * 1000 AS INTEGER) <= :accepted_until)
    AND (:after IS NULL OR number {compare} :after)
ORDER BY number {order} LIMIT :limit
"""
