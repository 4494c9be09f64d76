#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that dies as it is told: `CrashDummy index | unwrap | fatal | cast | overflow | abort`.
@main
struct CrashDummy {
    static func main() {
        let way = CommandLine.arguments.dropFirst().first ?? ""
        print(outerStep(way, CommandLine.arguments.count))
    }
}

/// Has a name that can be looked for in the trace.
@inline(never)
func outerStep(_ way: String, _ number: Int) -> Int { innerStep(way, number) + 1 }

@inline(never)
func innerStep(_ way: String, _ number: Int) -> Int {
    switch way {
    case "index": [1, 2, 3][number + 5]
    case "unwrap": (number > 100 ? number : nil)!
    case "fatal": fatalError("told to\nin two lines")
    case "cast": (number as Any as! String).count
    case "overflow": innerStep(way, number + 1) + number
    default: abort()
    }
}
