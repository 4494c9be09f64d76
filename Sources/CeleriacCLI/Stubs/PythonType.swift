/// The Python annotation of a Swift type: the Python type that kombu's JSON maps it to, in both directions.
enum PythonType {
    static func annotation(_ type: SwiftTypeText) -> String {
        switch type {
        case .optional(let wrapped): optional(annotation(wrapped))
        case .array(let element): "list[\(annotation(element))]"
        // JSON objects have no keys but strings.
        case .dictionary(.named("String"), let value): "dict[str, \(annotation(value))]"
        case .dictionary: "Any"
        case .void: "None"
        case .named(let name): names[name] ?? "Any"
        }
    }

    private static func optional(_ annotation: String) -> String {
        ["Any", "None"].contains(annotation) || annotation.hasSuffix("| None") ? annotation : "\(annotation) | None"
    }

    private static let names: [String: String] = {
        var names = [
            "Bool": "bool", "String": "str", "Substring": "str", "Data": "bytes", "Date": "datetime.datetime",
            "UUID": "uuid.UUID", "Decimal": "decimal.Decimal", "NSDecimal": "decimal.Decimal", "TaskID": "str",
        ]
        for size in ["", "8", "16", "32", "64", "128"] {
            names["Int" + size] = "int"
            names["UInt" + size] = "int"
        }
        for name in ["Double", "Float", "Float16", "Float32", "Float64"] { names[name] = "float" }
        return names
    }()
}
