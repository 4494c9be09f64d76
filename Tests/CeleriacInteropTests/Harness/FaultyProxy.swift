import Foundation
import Synchronization

/// Stands between a program and a server and does what networks do: cuts a connection in the worst moment, or falls
/// silent.
///
/// It knows nothing of the protocol: a claim's answer is known by a word that only messages hold.
final class FaultyProxy: Sendable {
    private enum Way {
        case request
        case answer
    }

    private struct State {
        var cutsLeft = 0
        var cuts = 0
        var word = Data()
        /// Where the word is looked for.
        var way = Way.answer
        var links: [ObjectIdentifier: Link] = [:]
        /// Whether new connections are swallowed too.
        var isBlackHole = false
        var isClosed = false
    }

    /// A connection with its two ends, closed when both ways are over.
    private final class Link: Sendable {
        let client: Int32
        let server: Int32
        /// Whether it swallows what is said. It never speaks again: bytes are missing.
        let isSilent = Atomic(false)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        deinit {
            Foundation.close(client)
            Foundation.close(server)
        }

        func end() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
    }

    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(to target: Int) throws {
        self.target = target
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isListening else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 { self?.connect(client) }
        }
    }

    /// From now on, answers that hold the word are kept back and their connections cut: so many times.
    func cut(_ times: Int, answersWith word: String) { cut(times, .answer, with: Data(word.utf8)) }

    /// The same with what is said to the server.
    func cut(_ times: Int, requestsWith word: Data) { cut(times, .request, with: word) }

    private func cut(_ times: Int, _ way: Way, with word: Data) {
        state.withLock { state in
            state.cutsLeft = times
            state.way = way
            state.word = word
        }
    }

    /// Cuts all connections that are open now. New ones work.
    func cutAll() {
        for link in state.withLock({ Array($0.links.values) }) { link.end() }
    }

    /// How many connections were cut in the midst.
    var cuts: Int { state.withLock { $0.cuts } }

    /// Swallows from now on whatever is said over the connections that are open, both ways, and closes none. New ones work.
    func fallSilent() {
        for link in state.withLock({ Array($0.links.values) }) { link.isSilent.store(true, ordering: .relaxed) }
    }

    /// The same, and new connections are taken and swallowed too, until ``open()``.
    func becomeBlackHole() {
        state.withLock { $0.isBlackHole = true }
        fallSilent()
    }

    /// Lets new connections work again.
    func open() { state.withLock { $0.isBlackHole = false } }

    func close() {
        let links = state.withLock { state in
            state.isClosed = true
            return state.links.values.map { $0 }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
        for link in links { link.end() }
    }

    private func connect(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let link = Link(client: client, server: server)
        guard isConnected, state.withLock({ !$0.isClosed }) else { return }
        var one: Int32 = 1
        for end in [client, server] {
            setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        state.withLock { state in
            state.links[ObjectIdentifier(link)] = link
            link.isSilent.store(state.isBlackHole, ordering: .relaxed)
        }
        pump(link, .request, from: client, to: server)
        pump(link, .answer, from: server, to: client)
    }

    /// Carries bytes one way until an end closes.
    private func pump(_ link: Link, _ way: Way, from source: Int32, to sink: Int32) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = recv(source, &buffer, buffer.count, 0), count > 0 {
                if isToBeCut(buffer[0..<count], way) { break }
                if link.isSilent.load(ordering: .relaxed) { continue }
                guard Self.sendAll(buffer[0..<count], to: sink) else { break }
            }
            // One that swallows does not tell the other side of an end either.
            if !link.isSilent.load(ordering: .relaxed) { link.end() }
            state.withLock { $0.links[ObjectIdentifier(link)] = nil }
        }
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func isToBeCut(_ bytes: ArraySlice<UInt8>, _ way: Way) -> Bool {
        state.withLock { state in
            guard state.cutsLeft > 0, state.way == way, Data(bytes).range(of: state.word) != nil else { return false }
            state.cutsLeft -= 1
            state.cuts += 1
            return true
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
