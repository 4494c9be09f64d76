// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "App",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "celeriac", path: "../..", traits: ["SQLite", "CLI"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    ],
    targets: [
        .executableTarget(
            name: "App",
            dependencies: [
                .product(name: "Celeriac", package: "celeriac"),
                .product(name: "CeleriacCLI", package: "celeriac"),
                .product(name: "CeleriacSQLite", package: "celeriac"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ])
    ]
)
