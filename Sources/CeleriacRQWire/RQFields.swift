/// The fields of a hash or of a stream's entry, in the order in which they are written.
public struct RQFields: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: [UInt8]

        public init(_ name: String, _ value: [UInt8]) {
            self.name = name
            self.value = value
        }

        public init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
    }

    public private(set) var fields: [Field]

    public init(_ fields: [Field] = []) { self.fields = fields }

    /// The value of the field; of several with one name, the last one's.
    public subscript(name: String) -> [UInt8]? { fields.last { $0.name == name }?.value }

    // MARK: Writing

    mutating func put(_ name: String, _ value: [UInt8]) { fields.append(Field(name, value)) }
    mutating func put(_ name: String, _ value: String) { fields.append(Field(name, value)) }
    mutating func put(_ name: String, _ value: Int) { fields.append(Field(name, String(value))) }

    /// Writes a field only where there is a value.
    mutating func put(ifAny name: String, _ value: String?) { value.map { put(name, $0) } }
    mutating func put(ifAny name: String, _ value: Int?) { value.map { put(name, $0) } }
    mutating func put(ifAny name: String, _ value: [UInt8]?) { value.map { put(name, $0) } }
}
