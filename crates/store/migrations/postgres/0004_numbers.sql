-- A number that was taken away is given back to its provider afterwards.
ALTER TABLE phone_numbers ADD COLUMN given_back_at BIGINT;
UPDATE phone_numbers SET given_back_at = released_at;
CREATE INDEX phone_numbers_pending ON phone_numbers (released_at) WHERE released_at IS NOT NULL AND given_back_at IS NULL;
