-- Ends the claim on an entry's next step.
-- Parameters  name

DELETE FROM celeriac.schedule_claim WHERE name = $1::text
