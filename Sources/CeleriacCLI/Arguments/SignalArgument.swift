import ArgumentParser
import Celeriac

/// A signal, given by its name: `SIGTERM` or `term`.
struct SignalArgument: ExpressibleByArgument {
    static let terminate = SignalArgument(signal: .terminate)

    let signal: ProcessSignal

    init?(argument: String) {
        let name = argument.uppercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }) else {
            return nil
        }
        signal = ProcessSignal(rawValue: name.hasPrefix("SIG") ? name : "SIG" + name)
    }

    private init(signal: ProcessSignal) { self.signal = signal }

    var defaultValueDescription: String { signal.rawValue }
}
