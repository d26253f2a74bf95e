CREATE TABLE `artifact_parts` (
	`artifact` integer NOT NULL,
	`part` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`artifact`, `part`),
	FOREIGN KEY (`artifact`) REFERENCES `artifacts`(`sequence`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `artifacts` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`run` integer NOT NULL,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`run`) REFERENCES `runs`(`sequence`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `artifacts_id_unique` ON `artifacts` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `artifacts_run` ON `artifacts` (`run`,`name`);--> statement-breakpoint
ALTER TABLE `runs` ADD `backend` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `target_training_ms` real;--> statement-breakpoint
ALTER TABLE `runs` ADD `stopped_early` integer DEFAULT false NOT NULL;--> statement-breakpoint
-- Documents are complete: from here on they name the loss, which was always this one.
UPDATE `runs` SET `document` = json_set(`document`, '$.loss', json('{"name":"softmaxCrossEntropy"}'));--> statement-breakpoint
INSERT INTO `params` (`run`, `key`, `text`) SELECT `sequence`, 'loss.name', 'softmaxCrossEntropy' FROM `runs`;--> statement-breakpoint
-- Checkpoints of an older layout cannot be read any more: their runs start again.
DELETE FROM `checkpoints`;
