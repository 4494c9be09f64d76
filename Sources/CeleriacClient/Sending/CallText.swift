import CeleriacWire

/// The arguments of a call as Python shows them, for people to read: `(2, 2)` and `{'width': 200}`.
package struct CallText: Sendable, Hashable {
    package var args: String
    package var kwargs: String

    /// Uses the text that the sender wrote into the headers, perhaps to hide a secret; else makes it from the body. A
    /// body that cannot be read is shown as `...`.
    package init(of envelope: Envelope, _ codec: any MessageCodec) {
        let extra = envelope.headers.extra
        let (args, kwargs) = (extra["argsrepr"]?.stringValue, extra["kwargsrepr"]?.stringValue)
        let read = args == nil || kwargs == nil ? try? codec.decode(envelope).arguments : nil
        self.args = args ?? read.map { PythonRepr.arguments($0.argsJSON) } ?? "..."
        self.kwargs = kwargs ?? read.map { PythonRepr.keywords($0.kwargsJSON) } ?? "..."
    }
}

extension ReceivedArguments {
    /// The positional arguments as a JSON array.
    package var argsJSON: [UInt8] {
        [UInt8(ascii: "[")] + positional.map { body[$0] }.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    /// The named arguments as a JSON object.
    package var kwargsJSON: [UInt8] {
        var text = [UInt8(ascii: "{")]
        for (index, keyword) in keywords.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += JSONValue(keyword.name).bytes
            text.append(UInt8(ascii: ":"))
            text += body[keyword.range]
        }
        return text + [UInt8(ascii: "}")]
    }
}
