/// The fields of a hash or of a stream's entry, in the order in which they are written.
package struct RQFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: [UInt8]

        package init(_ name: String, _ value: [UInt8]) {
            self.name = name
            self.value = value
        }

        package init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
    }

    package private(set) var fields: [Field]

    package init(_ fields: [Field] = []) { self.fields = fields }

    /// The value of the field; if several have the name, the last one's.
    package subscript(name: String) -> [UInt8]? { fields.last { $0.name == name }?.value }

    // MARK: Writing

    mutating func put(_ name: String, _ value: [UInt8]) { fields.append(Field(name, value)) }
    mutating func put(_ name: String, _ value: String) { fields.append(Field(name, value)) }
    mutating func put(_ name: String, _ value: Int) { fields.append(Field(name, String(value))) }

    /// Writes a field only if there is a value.
    mutating func put(ifAny name: String, _ value: String?) { value.map { put(name, $0) } }
    mutating func put(ifAny name: String, _ value: Int?) { value.map { put(name, $0) } }
    mutating func put(ifAny name: String, _ value: [UInt8]?) { value.map { put(name, $0) } }
}
