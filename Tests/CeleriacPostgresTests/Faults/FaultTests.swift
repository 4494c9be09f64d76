import PostgresUnderTest
import Testing

/// Real servers that are killed, frozen, filled up and worked on by others. One test after the other, since each has a
/// cluster of its own.
@Suite(
    "When PostgreSQL fails", .serialized, .enabled(if: PostgresServer.isExpected, "PostgreSQL is not installed"),
    .timeLimit(.minutes(15)))
struct FaultTests {}
