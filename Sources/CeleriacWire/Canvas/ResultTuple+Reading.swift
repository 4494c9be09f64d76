import CeleriacCore

extension CanvasResult {
    /// Reads the next value as a tuple: `[[id, parent], members]`, or the id alone, as earlier versions write it.
    init(tuple reader: inout JSONReader) throws(JSONError) {
        self.init("")
        guard reader.kind() == .array else {
            id = TaskID(try reader.string())
            return
        }
        try reader.beginArray()
        try Self.expectElement(&reader)
        try readHead(&reader)
        guard try reader.nextElement() else { return }
        if try !reader.null() { members = try Self.tuples(&reader) }
        while try reader.nextElement() { try reader.skip() }
    }

    /// `[id, parent]`, or the id alone.
    private mutating func readHead(_ reader: inout JSONReader) throws(JSONError) {
        guard reader.kind() == .array else {
            id = TaskID(try reader.string())
            return
        }
        try reader.beginArray()
        try Self.expectElement(&reader)
        id = TaskID(try reader.string())
        guard try reader.nextElement() else { return }
        if try !reader.null() { parents = Self.flattened(try CanvasResult(tuple: &reader)) }
        while try reader.nextElement() { try reader.skip() }
    }

    private static func tuples(_ reader: inout JSONReader) throws(JSONError) -> [CanvasResult] {
        var tuples: [CanvasResult] = []
        try reader.beginArray()
        while try reader.nextElement() { tuples.append(try CanvasResult(tuple: &reader)) }
        return tuples
    }

    /// Returns a parent followed by its own parents, the nearest first.
    private static func flattened(_ parent: CanvasResult) -> [CanvasResult] {
        var nearest = parent
        nearest.parents = []
        return [nearest] + parent.parents
    }

    private static func expectElement(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.nextElement() else {
            throw JSONError(.missing, at: reader.offset, "a result tuple needs an id")
        }
    }
}
