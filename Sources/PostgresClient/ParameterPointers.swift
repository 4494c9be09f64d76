/// Hands the values of a call to libpq as arrays of pointers, without copying the values.
struct ParameterPointers: ~Copyable {
    typealias Pointers = UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    private let values: [PostgresValue]
    private let pointers: Pointers
    private let lengths: UnsafeMutableBufferPointer<Int32>
    /// One for each value. So where there is a value, there is a base address.
    private let words: UnsafeMutableBufferPointer<UInt64>

    /// The arguments of `PQsendQueryPrepared` from the number of parameters on.
    struct Arguments {
        let count: Int32
        let values: UnsafePointer<UnsafePointer<CChar>?>?
        let lengths: UnsafePointer<Int32>?
        let formats: UnsafePointer<Int32>?
    }

    /// Calls `body` with the arguments, which are valid during the call only.
    static func with(_ values: [PostgresValue], _ body: (Arguments) -> Int32) -> Int32 {
        let count = values.count
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { words in
                    pointers.initialize(repeating: nil)
                    numbers.initialize(repeating: 1)  // 1 is the binary format
                    words.initialize(repeating: 0)
                    let lengths = UnsafeMutableBufferPointer(rebasing: numbers[..<count])
                    let formats = UnsafeMutableBufferPointer(rebasing: numbers[count...])
                    let frame = ParameterPointers(values: values, pointers: pointers, lengths: lengths, words: words)
                    return frame.fill(from: 0) {
                        body(
                            Arguments(
                                count: Int32(count), values: pointers.baseAddress, lengths: lengths.baseAddress,
                                formats: formats.baseAddress))
                    }
                }
            }
        }
    }

    /// Fills in the pointers from `start` on, then calls `body`. Arrays and texts lend their memory for the scope of a
    /// call, so each of them takes one level of recursion.
    private borrowing func fill(from start: Int, _ body: () -> Int32) -> Int32 {
        for index in start..<values.count {
            switch values[index].content {
            case .null: lengths[index] = 0
            case .word(let word, let count):
                words[index] = word
                lengths[index] = Int32(count)
                pointers[index] = UnsafePointer(
                    UnsafeRawPointer(words.baseAddress! + index).assumingMemoryBound(to: CChar.self))
            case .bytes(let bytes):
                return bytes.withUnsafeBytes { fill(index, with: $0, body) }
            case .text(var text):
                return text.withUTF8 { fill(index, with: UnsafeRawBufferPointer($0), body) }
            }
        }
        return body()
    }

    private borrowing func fill(_ index: Int, with bytes: UnsafeRawBufferPointer, _ body: () -> Int32) -> Int32 {
        lengths[index] = Int32(bytes.count)
        // A null pointer would be SQL's null, so an empty value points to any place.
        let start = bytes.baseAddress ?? UnsafeRawPointer(words.baseAddress!)
        pointers[index] = UnsafePointer(start.assumingMemoryBound(to: CChar.self))
        return fill(from: index + 1, body)
    }
}
