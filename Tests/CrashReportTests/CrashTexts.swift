/// What Swift 6.3.1 wrote on Linux when small programs died under `CrashTrace.environment`; only the folder is another.
///
/// `a` crashes in a child task: `a[n + 5]`, `fatalError("my message\nsecond line")`, `abort()`, `n as Any as! String`. `b`
/// recurses on the main thread until its stack is full. `e with space` unwraps `nil`.
enum CrashTexts {
    static let index = lines(
        #"""
        Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range
        swift-runtime: failed to suspend thread 7290 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7291 while processing a crash; backtraces will be missing information

        *** Signal 4: Backtracing from 0x7fc16916df7f... done ***

        *** Program crashed: Illegal instruction at 0x00007fc16916df7f ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 1 "oot.default-qos" crashed:

        0         0x00007fc16916df7f
        1 [ra]    0x00007fc1692f961f
        2 [ra]    0x00007fc169795f65
        3 [ra]    0x000055a57fed671a
        4 [ra]    0x000055a57fed5845
        5 [async] 0x000055a57fed6260
        6 [async] 0x000055a57fed6380
        7 [async] 0x000055a57fed6570
        8 [async] 0x00007fc168fcf310
        9         ...


        Images (11 omitted):

        0x000055a57fed3000–0x000055a57fed8018 98e79b48c87f1b294ba586b9063e62211f58621f a                            /opt/demo/a
        0x00007fc168f59000–0x00007fc168fec130 b9f34903c95524076576e2a19e29e879676b9e24 libswift_Concurrency.so      /opt/swift/usr/lib/swift/linux/libswift_Concurrency.so
        0x00007fc169000000–0x00007fc1695d2d40 b521f25fdeacf504eca83d97c7308e8fc11be729 libswiftCore.so              /opt/swift/usr/lib/swift/linux/libswiftCore.so
        0x00007fc16976b000–0x00007fc1697aabe0 69b6bdccf46113ed4a6095c5a7edc60ef06c78e5 libswiftSwiftOnoneSupport.so /opt/swift/usr/lib/swift/linux/libswiftSwiftOnoneSupport.so

        Backtrace took 0.03s
        """#)

    static let fatal = lines(
        #"""
        a/a.swift:10: Fatal error: my message
        second line
        swift-runtime: failed to suspend thread 7316 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7317 while processing a crash; backtraces will be missing information

        *** Signal 4: Backtracing from 0x7f16c9af9361... done ***

        *** Program crashed: Illegal instruction at 0x00007f16c9af9361 ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 1 "oot.default-qos" crashed:

        0         0x00007f16c9af9361
        1 [ra]    0x000055d9196bcb49
        2 [ra]    0x000055d9196bb845
        3 [async] 0x000055d9196bc260
        4 [async] 0x000055d9196bc380
        5 [async] 0x000055d9196bc570
        6 [async] 0x00007f16ca062310
        7         ...


        Images (12 omitted):

        0x000055d9196b9000–0x000055d9196be018 98e79b48c87f1b294ba586b9063e62211f58621f a                       /opt/demo/a
        0x00007f16c9800000–0x00007f16c9dd2d40 b521f25fdeacf504eca83d97c7308e8fc11be729 libswiftCore.so         /opt/swift/usr/lib/swift/linux/libswiftCore.so
        0x00007f16c9fec000–0x00007f16ca07f130 b9f34903c95524076576e2a19e29e879676b9e24 libswift_Concurrency.so /opt/swift/usr/lib/swift/linux/libswift_Concurrency.so

        Backtrace took 0.03s
        """#)

    static let abort = lines(
        #"""
        swift-runtime: failed to suspend thread 7297 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7298 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7298 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7298 while processing a crash; backtraces will be missing information

        *** Signal 6: Backtracing from 0x7efeecdf9eec... done ***

        *** Program crashed: Aborted at 0x0000000000001c7f ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 1 "oot.default-qos" crashed:

        0  0x00007efeecdf9eec
        1  ...


        Images (14 omitted):

        0x00007efeecd6f000–0x00007efeeceea0fc 93ac61ec5a8eb1396f9fbd350e3169a558528a40 libc.so.6 /usr/lib/x86_64-linux-gnu/libc.so.6

        Backtrace took 0.01s
        """#)

    static let cast = lines(
        #"""
        Could not cast value of type 'Swift.Int' (0x7fa246dda698) to 'Swift.String' (0x7fa246dd7ca0).

        *** Signal 6: Backtracing from 0x7fa246352eec... done ***

        *** Program crashed: Aborted at 0x0000000000001cbc ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 1 "oot.default-qos" crashed:

        0  0x00007fa246352eec
        1  ...


        Images (14 omitted):

        0x00007fa2462c8000–0x00007fa2464430fc 93ac61ec5a8eb1396f9fbd350e3169a558528a40 libc.so.6 /usr/lib/x86_64-linux-gnu/libc.so.6

        Backtrace took 0.01s
        """#)

    static let arithmetic = lines(
        #"""
        swift-runtime: failed to suspend thread 7344 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7345 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7345 while processing a crash; backtraces will be missing information
        swift-runtime: failed to suspend thread 7345 while processing a crash; backtraces will be missing information

        *** Signal 4: Backtracing from 0x55be6806a323... done ***

        *** Program crashed: Illegal instruction at 0x000055be6806a323 ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 1 "oot.default-qos" crashed:

        0         0x000055be6806a323
        1 [ra]    0x000055be68068845
        2 [async] 0x000055be68069260
        3 [async] 0x000055be68069380
        4 [async] 0x000055be68069570
        5 [async] 0x00007f806aac3310
        6         ...


        Images (13 omitted):

        0x000055be68066000–0x000055be6806b018 98e79b48c87f1b294ba586b9063e62211f58621f a                       /opt/demo/a
        0x00007f806aa4d000–0x00007f806aae0130 b9f34903c95524076576e2a19e29e879676b9e24 libswift_Concurrency.so /opt/swift/usr/lib/swift/linux/libswift_Concurrency.so

        Backtrace took 0.01s
        """#)

    static let overflow = lines(
        #"""

        *** Signal 11: Backtracing from 0x5563a81fc328... done ***

        *** Program crashed: Bad pointer dereference at 0x00007ffff5bd9ff0 ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 0 "b" crashed:

             0      0x00005563a81fc328
             1 [ra] 0x00005563a81fc36d
             2 [ra] 0x00005563a81fc36d
             3 [ra] 0x00005563a81fc36d
             4 [ra] 0x00005563a81fc36d
             5 [ra] 0x00005563a81fc36d
             6 [ra] 0x00005563a81fc36d
             7 [ra] 0x00005563a81fc36d
             8 [ra] 0x00005563a81fc36d
             9 [ra] 0x00005563a81fc36d
            10 [ra] 0x00005563a81fc36d
            11 [ra] 0x00005563a81fc36d
            12 [ra] 0x00005563a81fc36d
            13 [ra] 0x00005563a81fc36d
            14 [ra] 0x00005563a81fc36d
            15 [ra] 0x00005563a81fc36d
            16 [ra] 0x00005563a81fc36d
            17 [ra] 0x00005563a81fc36d
            18 [ra] 0x00005563a81fc36d
            19 [ra] 0x00005563a81fc36d
            20 [ra] 0x00005563a81fc36d
            21 [ra] 0x00005563a81fc36d
            22 [ra] 0x00005563a81fc36d
            23 [ra] 0x00005563a81fc36d
            24 [ra] 0x00005563a81fc36d
            25 [ra] 0x00005563a81fc36d
            26 [ra] 0x00005563a81fc36d
            27 [ra] 0x00005563a81fc36d
            28 [ra] 0x00005563a81fc36d
            29 [ra] 0x00005563a81fc36d
            30 [ra] 0x00005563a81fc36d
            31 [ra] 0x00005563a81fc36d
            32 [ra] 0x00005563a81fc36d
            33 [ra] 0x00005563a81fc36d
            34 [ra] 0x00005563a81fc36d
            35 [ra] 0x00005563a81fc36d
            36 [ra] 0x00005563a81fc36d
            37 [ra] 0x00005563a81fc36d
            38 [ra] 0x00005563a81fc36d
            39 [ra] 0x00005563a81fc36d
            40 [ra] 0x00005563a81fc36d
            41 [ra] 0x00005563a81fc36d
            42 [ra] 0x00005563a81fc36d
            43 [ra] 0x00005563a81fc36d
            44 [ra] 0x00005563a81fc36d
            45 [ra] 0x00005563a81fc36d
            46 [ra] 0x00005563a81fc36d
            47      ...
        130952 [ra] 0x00005563a81fc36d
        130953 [ra] 0x00005563a81fc36d
        130954 [ra] 0x00005563a81fc36d
        130955 [ra] 0x00005563a81fc36d
        130956 [ra] 0x00005563a81fc36d
        130957 [ra] 0x00005563a81fc36d
        130958 [ra] 0x00005563a81fc36d
        130959 [ra] 0x00005563a81fc36d
        130960 [ra] 0x00005563a81fc36d
        130961 [ra] 0x00005563a81fc36d
        130962 [ra] 0x00005563a81fc36d
        130963 [ra] 0x00005563a81fc36d
        130964 [ra] 0x00005563a81fc36d
        130965 [ra] 0x00005563a81fc36d
        130966 [ra] 0x00005563a81fc36d
        130967 [ra] 0x00005563a81fc64c
        130968      ...


        Images (14 omitted):

        0x00005563a81fb000–0x00005563a81fcec0 7709b83d793455c7d9952ae73520aacfdd902f2c b /opt/demo/b

        Backtrace took 0.27s
        """#)

    static let spaces = lines(
        #"""
        main/e.swift:4: Fatal error: Unexpectedly found nil while unwrapping an Optional value

        *** Signal 4: Backtracing from 0x7fe7ffb6df7f... done ***

        *** Program crashed: Illegal instruction at 0x00007fe7ffb6df7f ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 0 "e with space" crashed:

        0      0x00007fe7ffb6df7f
        1 [ra] 0x00007fe7ffcf961f
        2 [ra] 0x000055be2fdc5556
        3 [ra] 0x000055be2fdc57a0
        4      ...


        Images (19 omitted):

        0x000055be2fdc4000–0x000055be2fdc5ba0 fe9c5dbd68c89729f615e95d3b0d1f4709137d9f e with space    /opt/demo/e with space
        0x00007fe7ffa00000–0x00007fe7fffd2d40 b521f25fdeacf504eca83d97c7308e8fc11be729 libswiftCore.so /opt/swift/usr/lib/swift/linux/libswiftCore.so

        Backtrace took 0.01s
        """#)

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
