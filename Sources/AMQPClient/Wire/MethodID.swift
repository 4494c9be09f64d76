/// A method's class and number; its description is the specification's name, `queue.declare`.
struct MethodID: Sendable, Hashable, CustomStringConvertible {
    let classID: UInt16
    let methodID: UInt16

    init(_ classID: UInt16, _ methodID: UInt16) {
        self.classID = classID
        self.methodID = methodID
    }

    static let connection: UInt16 = 10
    static let channel: UInt16 = 20
    static let exchange: UInt16 = 40
    static let queue: UInt16 = 50
    static let basic: UInt16 = 60
    static let confirm: UInt16 = 85

    var description: String {
        guard let (name, methods) = Self.names[classID] else { return "\(classID).\(methodID)" }
        return "\(name).\(methods[methodID] ?? "\(methodID)")"
    }

    private static let names: [UInt16: (String, [UInt16: String])] = [
        connection: (
            "connection",
            [
                10: "start", 11: "start-ok", 20: "secure", 21: "secure-ok", 30: "tune", 31: "tune-ok", 40: "open",
                41: "open-ok", 50: "close", 51: "close-ok", 60: "blocked", 61: "unblocked",
            ]
        ),
        channel: (
            "channel", [10: "open", 11: "open-ok", 20: "flow", 21: "flow-ok", 40: "close", 41: "close-ok"]
        ),
        exchange: (
            "exchange",
            [
                10: "declare", 11: "declare-ok", 20: "delete", 21: "delete-ok", 30: "bind", 31: "bind-ok",
                40: "unbind", 51: "unbind-ok",
            ]
        ),
        queue: (
            "queue",
            [
                10: "declare", 11: "declare-ok", 20: "bind", 21: "bind-ok", 30: "purge", 31: "purge-ok",
                40: "delete", 41: "delete-ok", 50: "unbind", 51: "unbind-ok",
            ]
        ),
        basic: (
            "basic",
            [
                10: "qos", 11: "qos-ok", 20: "consume", 21: "consume-ok", 30: "cancel", 31: "cancel-ok",
                40: "publish", 50: "return", 60: "deliver", 70: "get", 71: "get-ok", 72: "get-empty", 80: "ack",
                90: "reject", 100: "recover-async", 110: "recover", 111: "recover-ok", 120: "nack",
            ]
        ),
        confirm: ("confirm", [10: "select", 11: "select-ok"]),
    ]
}

extension MethodID {
    /// Whether this method is the answer to a request: the next number, with two exceptions.
    func answers(_ request: MethodID) -> Bool {
        guard classID == request.classID else { return false }
        let isUnbind = classID == Self.exchange && request.methodID == 40
        let isGet = classID == Self.basic && request.methodID == 70 && methodID == 72
        return isGet || methodID == request.methodID + (isUnbind ? 11 : 1)
    }
}
