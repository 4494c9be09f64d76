/// The key of an array element, of a dictionary member, or of a super coder.
struct ElementKey: CodingKey {
    static let `super` = ElementKey("super")
    /// Represents no key: a value in the place of another. It never appears in a coding path.
    static let none = ElementKey(name: nil, intValue: nil)

    let intValue: Int?
    private let name: String?

    private init(name: String?, intValue: Int?) { (self.name, self.intValue) = (name, intValue) }
    init(_ name: String) { self.init(name: name, intValue: nil) }
    init(_ index: Int) { self.init(name: nil, intValue: index) }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }

    var stringValue: String { name ?? "Index \(intValue ?? 0)" }

    var isNone: Bool { name == nil && intValue == nil }
}

extension [any CodingKey] {
    func appending(_ key: any CodingKey) -> [any CodingKey] {
        if let key = key as? ElementKey, key.isNone { return self }
        return self + [key]
    }
}
