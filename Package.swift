// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "fusion_bench",
    products: [
        .executable(name: "fusion_bench", targets: ["fusion_bench"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // Doors to the system and to C libraries.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CMPI", dependencies: ["COpenMPI"]),
        .target(name: "CImageCodecs", dependencies: ["CJPEG", "CPNG"]),
        // Loops in C that are vectorised for several instruction sets.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),

        // Rooms: each imports only the ones above it (docs/architecture.md).
        .target(name: "Diagnostics"),
        .target(
            name: "JSON",
            dependencies: ["Diagnostics", .product(name: "OrderedCollections", package: "swift-collections")]
        ),
        .target(name: "RegularExpressions", dependencies: ["Diagnostics"]),
        .target(name: "OperatingSystem", dependencies: ["CLinux"]),
        .target(
            name: "Configuration",
            dependencies: [
                "CYAML",
                "Diagnostics",
                "OperatingSystem",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(name: "Tensors", dependencies: ["CBLAS", "CKernels"]),
        .target(
            name: "Networks",
            dependencies: [
                "Diagnostics",
                "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Checkpoints",
            dependencies: [
                "CKernels",
                "Diagnostics",
                "JSON",
                "OperatingSystem",
                "RegularExpressions",
                "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Fabric",
            dependencies: [
                "CLinux",
                "CMPI",
                "JSON",
                "OperatingSystem",
                "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Models",
            dependencies: [
                "Checkpoints",
                "JSON",
                "Networks",
                "OperatingSystem",
                "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Datasets",
            dependencies: [
                "Checkpoints",
                "CImageCodecs",
                "CKernels",
                "Configuration",
                "CZlib",
                "CZstd",
                "Diagnostics",
                "JSON",
                "OperatingSystem",
                "Tensors",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "FusionBench",
            dependencies: [
                "Checkpoints",
                "Configuration",
                "Datasets",
                "Diagnostics",
                "Fabric",
                "JSON",
                "Models",
                "Networks",
                "OperatingSystem",
                "RegularExpressions",
                "Tensors",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]
        ),
        .executableTarget(
            name: "fusion_bench",
            dependencies: [
                "Fabric",
                "FusionBench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // Tests mirror the sources; what several of them need is in TestSupport.
        .target(name: "TestSupport", dependencies: ["Fabric"], path: "Tests/TestSupport"),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
        .testTarget(name: "RegularExpressionsTests", dependencies: ["RegularExpressions", "TestSupport"]),
        .testTarget(name: "OperatingSystemTests", dependencies: ["OperatingSystem"]),
        .testTarget(
            name: "TensorsTests", dependencies: ["CKernels", "Tensors", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(
            name: "NetworksTests",
            dependencies: [
                "Networks", "Tensors", "TestSupport",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: [
                "Checkpoints",
                "Diagnostics",
                "JSON",
                "OperatingSystem",
                "RegularExpressions",
                "Tensors",
                "TestSupport",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "Configuration",
                "OperatingSystem",
                "TestSupport",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Checkpoints", "JSON", "Models", "Networks", "OperatingSystem", "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: [
                "CKernels", "Checkpoints", "Datasets", "Diagnostics", "JSON", "OperatingSystem", "Tensors",
                "TestSupport",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]),
        // Started under mpirun by FabricTests.
        .executableTarget(name: "FabricProbe", dependencies: ["Fabric", "OperatingSystem"], path: "Tests/FabricProbe"),
        .testTarget(
            name: "FabricTests",
            dependencies: ["Fabric", "FabricProbe", "JSON", "OperatingSystem", "Tensors", "TestSupport"],
            exclude: ["Fixtures"]),
        // Fabric against the same calls in plain C: launch/benchmark.
        .target(name: "CFabricBenchmark", dependencies: ["COpenMPI"], path: "Tests/CFabricBenchmark"),
        .executableTarget(
            name: "FabricBenchmark", dependencies: ["Fabric", "CFabricBenchmark"], path: "Tests/FabricBenchmark"),
        // The loops of CKernels: launch/benchmark.
        .executableTarget(name: "KernelBenchmark", dependencies: ["CKernels"], path: "Tests/KernelBenchmark"),
        // Rows of data sets from Parquet files: launch/benchmark.
        .executableTarget(
            name: "ParquetBenchmark",
            dependencies: ["Datasets", .product(name: "OrderedCollections", package: "swift-collections")],
            path: "Tests/ParquetBenchmark",
            exclude: ["make_data.py", "read_data.py"]),
        // An encoder of random weights beside the matrix products in it: launch/benchmark.
        .executableTarget(
            name: "NetworkBenchmark",
            dependencies: [
                "Networks", "Tensors", .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            path: "Tests/NetworkBenchmark"),
        // Whole merges beside the Python peers: launch/benchmark.
        .executableTarget(
            name: "MergeBenchmark",
            dependencies: [
                "CKernels", "Checkpoints", "OperatingSystem", "Tensors",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            path: "Tests/MergeBenchmark"),
        // From encoded images to the tensors of a batch: launch/benchmark.
        .executableTarget(
            name: "DatasetBenchmark", dependencies: ["Datasets", "OperatingSystem"], path: "Tests/DatasetBenchmark",
            exclude: ["peer.py"]),
        .testTarget(
            name: "FusionBenchTests",
            dependencies: [
                "Checkpoints", "Configuration", "Datasets", "Fabric", "FusionBench", "JSON", "Models",
                "OperatingSystem",
                "Tensors",
                "TestSupport", .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "Checkpoints", "OperatingSystem", "Tensors", "TestSupport", "fusion_bench",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

/// `launch/test` sets this; a newer compiler with new warnings must not keep users from building.
let warningsAreErrors = Context.environment["FUSION_BENCH_WARNINGS_AS_ERRORS"] == "1"

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings.append(.enableUpcomingFeature("ExistentialAny"))
    settings.append(.enableUpcomingFeature("MemberImportVisibility"))
    settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
    if warningsAreErrors {
        settings.append(.treatAllWarnings(as: .error))
    }
    target.swiftSettings = settings
}
