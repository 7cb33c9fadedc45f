CREATE TABLE students (
    name TEXT PRIMARY KEY,
    platform TEXT NOT NULL DEFAULT '',
    id TEXT NOT NULL DEFAULT ''          -- what the platform knows the student by
);
CREATE TABLE units (
    number TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    points INTEGER NOT NULL,
    left_out TEXT NOT NULL DEFAULT '',   -- names of files that were nobody's, one a line
    digest TEXT NOT NULL DEFAULT ''      -- of all that was taken in last
);
CREATE TABLE attempts (
    key INTEGER PRIMARY KEY,
    student TEXT NOT NULL REFERENCES students (name),
    unit TEXT NOT NULL REFERENCES units (number),
    fingerprint TEXT NOT NULL,           -- of the file
    rubric TEXT NOT NULL,                -- of what was asked and of the code that judged
    file TEXT NOT NULL,
    handed_in_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    status TEXT NOT NULL,
    points REAL NOT NULL,                -- as judged
    points_after REAL,                   -- after being late; NULL where there is no deadline
    out_of INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    sandbox TEXT NOT NULL,
    written_at TEXT NOT NULL,
    stands INTEGER NOT NULL,             -- 1 for the attempt that counts
    UNIQUE (student, unit, fingerprint, rubric)
);
CREATE TABLE verdicts (
    attempt INTEGER NOT NULL REFERENCES attempts (key) ON DELETE CASCADE,
    item TEXT NOT NULL,
    outcome TEXT NOT NULL,
    points INTEGER NOT NULL,
    out_of INTEGER NOT NULL,
    mistake TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (attempt, item)
);
CREATE TABLE overrides (                 -- nothing is ever deleted here; the last word on an item stands
    key INTEGER PRIMARY KEY,
    student TEXT NOT NULL REFERENCES students (name),
    unit TEXT NOT NULL REFERENCES units (number),
    item TEXT NOT NULL,
    points INTEGER,                      -- NULL takes the earlier override back
    reason TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE VIEW standing_overrides AS
    SELECT student, unit, item, points, reason, written_at FROM overrides
    WHERE key IN (SELECT max(key) FROM overrides GROUP BY student, unit, item) AND points IS NOT NULL;
CREATE VIEW grades AS
    WITH judged AS (
        SELECT key, student, unit, status, points, points_after, out_of,
            points + coalesce((
                SELECT sum(o.points - coalesce(v.points, 0))
                FROM standing_overrides AS o LEFT JOIN verdicts AS v ON v.attempt = a.key AND v.item = o.item
                WHERE o.student = a.student AND o.unit = a.unit
            ), 0) AS overruled
        FROM attempts AS a WHERE stands = 1
    )
    SELECT student, unit, status, out_of,
        CASE
            WHEN status = 'not graded' THEN NULL
            WHEN points_after IS NULL THEN overruled
            ELSE points_after + (overruled - points) * coalesce(points_after / nullif(points, 0), 1)
        END AS points
    FROM judged;
