/// Dates, decimals and UUIDs: values that Python builds by calling a name.
extension PickleWriter {
    /// Writes a name, its arguments, and the call.
    mutating func reduce(_ callable: PickleCallable, _ arguments: (inout PickleWriter) -> Void) {
        global(callable)
        arguments(&self)
        remembered(.reduce)
    }

    mutating func global(_ callable: PickleCallable) {
        let parts = callable.rawValue.split(separator: ".").map(String.init)
        once(callable.rawValue) { writer in
            writer.once(parts[0] + ".") { $0.string(parts[0]) }
            writer.string(parts[1])
            writer.remembered(.stackGlobal)
        }
    }

    mutating func datetime(_ date: PythonDate, _ time: PythonTime) {
        var (day, clock) = (date.pickled, time.pickled)
        day[2] |= clock[0] & 0x80
        clock[0] &= 0x7F
        reduce(.datetime) { $0.zoned(day + clock, time.offset) }
    }

    /// Writes the bytes of a date or time, and its zone if it has one.
    mutating func zoned(_ bytes: [UInt8], _ offset: PythonDelta?) {
        binary(bytes)
        guard let offset else { return remembered(.tuple1) }
        timezone(offset)
        remembered(.tuple2)
    }

    mutating func timezone(_ offset: PythonDelta) {
        let write: (inout PickleWriter) -> Void = { writer in
            writer.reduce(.timezone) {
                $0.timedelta(offset); $0.remembered(.tuple1)
            }
        }
        if offset == .zero { once("UTC", write) } else { write(&self) }
    }

    mutating func timedelta(_ delta: PythonDelta) {
        reduce(.timedelta) { writer in
            for part in [delta.days, delta.seconds, delta.microseconds] { writer.integer(Int64(part)) }
            writer.remembered(.tuple3)
        }
    }

    mutating func uuid(_ hexadecimal: String) {
        global(.uuid)
        put(.emptyTuple)
        remembered(.newObj)
        remembered(.emptyDict)
        once("int") { $0.string("int") }
        let bytes = PickleUUID.bytes(of: hexadecimal)
        let number = BigDigits.text(ofTwosComplement: bytes.reversed() + [0])
        write(PickleValue(digits: number))
        put(.setItem)
        put(.build)
    }
}
