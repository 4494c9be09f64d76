import CeleriacCore
import ArgumentParser
import Celeriac

/// The maximum and the minimum pool size of autoscaling workers, as Celery writes them: `10,3`. `10` alone means
/// `10,0`.
///
/// Celery's minimum of 0 becomes 1 here, since a pool without a child would run nothing.
struct AutoscaleArgument: ExpressibleByArgument {
    let range: ClosedRange<Int>

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            CountArgument.read($0, in: 0...Bounds.slots.upperBound)
        }
        guard (1...2).contains(parts.count), let most = parts[0], most >= 1 else { return nil }
        guard let fewest = parts.count == 2 ? parts[1] : 0, (0...most).contains(fewest) else { return nil }
        range = max(1, fewest)...most
    }
}
