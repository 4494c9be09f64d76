// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "rqbridge",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "…/celeriac", from: "…", traits: ["CLI", "RQ"])
        .package(name: "celeriac", path: "../..", traits: ["CLI", "RQ"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "rqbridge",
            dependencies: [
                .product(name: "Celeriac", package: "celeriac"),
                .product(name: "CeleriacCLI", package: "celeriac"),
                .product(name: "CeleriacRQ", package: "celeriac"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: ".",
            exclude: ["README.md", "Python", "run"],
            swiftSettings: [.swiftLanguageMode(.v6)]
        )
    ]
)
