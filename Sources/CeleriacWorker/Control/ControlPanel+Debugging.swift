/// Commands that look for leaks. Those that concern a Python interpreter reply with an error that says so.
extension ControlPanel {
    static let debugging: [Command] = [
        Command(.inspects, ControlSignature("memsample")) { _, _ in
            let tenths = ThisProcess.residentBytes * 1000 / (1 << 20)
            return .reply(.string("\(tenths / 1000).\(String(1000 + tenths % 1000).dropFirst())MB"))
        },
        Command(.inspects, ControlSignature("memdump", optional: ["samples"])) { _, _ in
            throw ControlRefusal(type: "NotImplementedError", message: "memdump: this worker keeps no memory samples")
        },
        Command(.inspects, ControlSignature("objgraph", optional: ["num", "max_depth", "type"], isOpen: false)) {
            _, _ in
            throw ControlRefusal(type: "NotImplementedError", message: "objgraph: there are no Python objects here")
        },
    ]
}
