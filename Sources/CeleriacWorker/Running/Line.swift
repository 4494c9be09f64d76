/// Attempts in the order in which they were claimed.
struct Line {
    private var attempts: [Attempt] = []
    private var head = 0

    var isEmpty: Bool { head == attempts.count }
    var count: Int { attempts.count - head }
    var first: Attempt? { head < attempts.count ? attempts[head] : nil }

    mutating func append(_ more: [Attempt]) { attempts += more }

    /// Removes the first ones, at most this many.
    mutating func take(upTo limit: Int) -> [Attempt] {
        let count = min(count, max(0, limit))
        guard count > 0 else { return [] }
        let taken = Array(attempts[head..<head + count])
        head += count
        if head == attempts.count {
            (attempts, head) = ([], 0)
        } else if head > 256, 2 * head > attempts.count {
            attempts.removeFirst(head)
            head = 0
        }
        return taken
    }
}
