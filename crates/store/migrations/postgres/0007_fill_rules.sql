-- Which fills a vault allows beyond what the rules allow everybody.
ALTER TABLE vaults ADD COLUMN fill_rules JSON NOT NULL DEFAULT '{}';
