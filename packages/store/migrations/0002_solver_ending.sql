ALTER TABLE `runs` ADD `solver` text;--> statement-breakpoint
-- Checkpoints of an older layout cannot be read any more: their runs start again.
DELETE FROM `checkpoints`;
