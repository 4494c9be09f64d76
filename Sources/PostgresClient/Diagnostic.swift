import CPostgres

/// A field of the server's error message (PostgreSQL protocol, "Error and Notice Message Fields").
enum Diagnostic: UnicodeScalar {
    /// Not translated: ERROR, FATAL, PANIC.
    case severity = "V"
    case sqlState = "C"
    case message = "M"
    case constraint = "n"
    /// The function in the server's source.
    case function = "R"

    func text(in result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(rawValue.value)).map { String(cString: $0) }
    }
}
