CREATE TABLE `checkpoints` (
	`run` integer PRIMARY KEY NOT NULL,
	`attempt` integer NOT NULL,
	`step` integer NOT NULL,
	`data` blob NOT NULL,
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `experiments` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `experiments_id_unique` ON `experiments` (`id`);--> statement-breakpoint
CREATE TABLE `params` (
	`run` integer NOT NULL,
	`key` text NOT NULL,
	`num` real,
	`text` text,
	PRIMARY KEY(`run`, `key`),
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "params_value" CHECK((num IS NULL) <> (text IS NULL))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `params_num` ON `params` (`key`,`num`) WHERE num IS NOT NULL;--> statement-breakpoint
CREATE INDEX `params_text` ON `params` (`key`,`text`) WHERE text IS NOT NULL;--> statement-breakpoint
CREATE TABLE `points` (
	`series` integer NOT NULL,
	`step` integer NOT NULL,
	`value` real,
	`kind` integer NOT NULL,
	PRIMARY KEY(`series`, `step`),
	FOREIGN KEY (`series`) REFERENCES `series`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "points_kind" CHECK(kind IN (0, 1, 2, 3) AND (value IS NULL) = (kind = 1))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `run_summary` (
	`run` integer NOT NULL,
	`key` text NOT NULL,
	`last` real,
	`last_kind` integer NOT NULL,
	`last_step` integer NOT NULL,
	`min` real,
	`max` real,
	`points` integer NOT NULL,
	PRIMARY KEY(`run`, `key`),
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "run_summary_kind" CHECK(last_kind IN (0, 1, 2, 3) AND (last IS NULL) = (last_kind = 1))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `run_summary_last` ON `run_summary` (`key`,`last`);--> statement-breakpoint
CREATE TABLE `runs` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`experiment` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`message` text,
	`attempt` integer DEFAULT 0 NOT NULL,
	`lost_attempts` integer DEFAULT 0 NOT NULL,
	`lease_owner` text,
	`lease_until_ms` integer,
	`cancel_requested` integer DEFAULT false NOT NULL,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`finished_at_ms` integer,
	`step` integer DEFAULT 0 NOT NULL,
	`total_steps` integer,
	`training_ms` real DEFAULT 0 NOT NULL,
	`target_step` integer,
	`variation` text NOT NULL,
	`document` text NOT NULL,
	FOREIGN KEY (`experiment`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "runs_state" CHECK(state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT "runs_reason" CHECK(reason IN ('error', 'diverged', 'lost', 'timeout', 'limit')),
	CONSTRAINT "runs_failed" CHECK((state = 'failed') = (reason IS NOT NULL)),
	CONSTRAINT "runs_leased" CHECK((state = 'running') = (lease_until_ms IS NOT NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_id_unique` ON `runs` (`id`);--> statement-breakpoint
CREATE INDEX `runs_queued` ON `runs` (`sequence`) WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX `runs_lease` ON `runs` (`lease_until_ms`) WHERE state = 'running';--> statement-breakpoint
CREATE INDEX `runs_experiment` ON `runs` (`experiment`,`state`);--> statement-breakpoint
CREATE INDEX `runs_created` ON `runs` (created_at_ms DESC,`id`);--> statement-breakpoint
CREATE TABLE `series` (
	`id` integer PRIMARY KEY NOT NULL,
	`run` integer NOT NULL,
	`key` text NOT NULL,
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series_run` ON `series` (`run`,`key`);--> statement-breakpoint
CREATE TABLE `tags` (
	`run` integer NOT NULL,
	`tag` text NOT NULL,
	PRIMARY KEY(`run`, `tag`),
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tags_tag` ON `tags` (`tag`);