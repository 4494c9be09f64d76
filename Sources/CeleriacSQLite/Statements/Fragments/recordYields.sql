-- Whether nothing is recorded, or the record has expired, or yields by `TaskState.yields(to:)`.

(state IS NULL OR state NOT IN (?14, ?15, ?16) OR expires <= ?13)
