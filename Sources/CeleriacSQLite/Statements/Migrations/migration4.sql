-- What a call has sent: part of its record.

ALTER TABLE celeriac_calls ADD COLUMN children BLOB;
