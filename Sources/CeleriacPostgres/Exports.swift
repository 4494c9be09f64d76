/// Your own statements within a transaction use its values and rows.
@_exported public import PostgresClient
