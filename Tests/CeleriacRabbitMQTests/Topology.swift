import AMQPClient

@testable import CeleriacRabbitMQ

/// The exchanges and queues of a server, simulated as far as routing and the time to live of messages go.
struct Topology {
    private struct Binding {
        let words: [Substring]
        let destination: String
        let isQueue: Bool
    }

    private var exchanges: [String: AMQPExchangeType] = [:]
    private var queues: [String: AMQPTable] = [:]
    private var bindings: [String: [Binding]] = [:]

    init(_ declarations: [Declaration]) {
        for declaration in declarations {
            switch declaration {
            case .exchange(let name, let type): exchanges[name] = type
            case .queue(let name, let arguments): queues[name] = arguments
            case .queueBinding(let queue, let exchange, let key): bind(queue, exchange, key, isQueue: true)
            case .exchangeBinding(let exchange, let source, let key): bind(exchange, source, key, isQueue: false)
            }
        }
    }

    private mutating func bind(_ destination: String, _ source: String, _ key: String, isQueue: Bool) {
        let words = key.split(separator: ".", omittingEmptySubsequences: false)
        bindings[source, default: []].append(Binding(words: words, destination: destination, isQueue: isQueue))
    }

    /// Follows a message through the queues in which it waits.
    ///
    /// - Returns: the queues without a time to live that it reaches, and the seconds until then.
    func arrivals(of message: AMQPMessage) -> [(queue: String, seconds: Int)] {
        let words = message.routingKey.split(separator: ".", omittingEmptySubsequences: false)
        return arrivals(at: message.exchange, words, after: 0)
    }

    private func arrivals(at exchange: String, _ key: [Substring], after seconds: Int) -> [(
        queue: String, seconds: Int
    )] {
        route(at: exchange, key).sorted().flatMap { queue in
            guard let life = queues[queue]?["x-message-ttl"]?.integer,
                let next = queues[queue]?["x-dead-letter-exchange"]?.string
            else { return [(queue, seconds)] }
            return arrivals(at: next, key, after: seconds + Int(life) / 1000)
        }
    }

    /// The queues that receive a message, each once.
    private func route(at exchange: String, _ key: [Substring]) -> Set<String> {
        if exchange.isEmpty {
            return queues[key.joined(separator: ".")].map { _ in [key.joined(separator: ".")] } ?? []
        }
        let isTopic = exchanges[exchange] == .topic
        return (bindings[exchange] ?? []).reduce(into: []) { found, binding in
            guard isTopic ? Self.matches(key[...], binding.words[...]) : key == binding.words else { return }
            if binding.isQueue {
                found.insert(binding.destination)
            } else {
                found.formUnion(route(at: binding.destination, key))
            }
        }
    }

    /// `*` stands for one word, `#` for any number of words.
    private static func matches(_ key: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return key.isEmpty }
        let rest = pattern.dropFirst()
        if first == "#" {
            return rest.isEmpty || (key.startIndex...key.endIndex).contains { matches(key[$0...], rest) }
        }
        guard let word = key.first else { return false }
        return (first == "*" || first == word) && matches(key.dropFirst(), rest)
    }
}
