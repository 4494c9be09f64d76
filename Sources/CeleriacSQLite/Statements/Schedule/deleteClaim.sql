-- Ends the claim on an entry's next step.
-- Parameters  name

DELETE FROM celeriac_schedule_claims WHERE name = ?
