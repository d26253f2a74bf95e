CREATE TABLE `dependencies` (
	`run` integer NOT NULL,
	`depends_on` integer NOT NULL,
	PRIMARY KEY(`run`, `depends_on`),
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`depends_on`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `runs` ADD `role` text DEFAULT 'run' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `prediction_time_ms` real;