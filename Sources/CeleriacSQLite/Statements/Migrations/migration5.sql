-- Which ticks of an entry have been dealt with, beside the last one: see `DealtTicks`.

ALTER TABLE celeriac_schedule ADD COLUMN dealt TEXT;
