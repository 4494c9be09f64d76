import ArgumentParser
import Celeriac

/// Between what a worker scales, as Celery writes it: `10,3`, the most first; `10` = from 0.
struct AutoscaleArgument: ExpressibleByArgument {
    let range: ClosedRange<Int>

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            CountArgument.read($0, in: 0...Bounds.slots.upperBound)
        }
        guard (1...2).contains(parts.count), let most = parts[0], most >= 1 else { return nil }
        guard let fewest = parts.count == 2 ? parts[1] : 0, (0...most).contains(fewest) else { return nil }
        range = fewest...most
    }
}
