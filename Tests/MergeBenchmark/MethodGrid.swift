/// A method, and the values of its main coefficient that a leaderboard tries.
struct MethodGrid {
    /// The name on the command line.
    let method: String
    /// The coefficient's key in the method's configuration; nil for a method that has none.
    let key: String?
    let values: [String]
    /// Further overrides.
    let overrides: [String]

    init(_ method: String, _ key: String? = nil, _ values: String = "", _ overrides: String...) {
        self.method = method
        self.key = key
        self.values = values.split(separator: " ").map(String.init)
        self.overrides = overrides
    }

    /// The coefficients to try, each as it is shown and as an override; one without either if there is none.
    var points: [(value: String?, overrides: [String])] {
        guard let key else { return [(nil, overrides)] }
        return values.map { ($0, ["method.\(key)=\($0)"] + overrides) }
    }
}

extension MethodGrid {
    /// All methods that merge more than two models without data into models of the same architecture.
    static let dataFree: [MethodGrid] = [
        MethodGrid("simple_average"),
        MethodGrid("linear/weighted_average", "weights", "[1,1,1,1,1] [2,1,1,1,1] [1,1,1,1,2]"),
        MethodGrid("task_arithmetic", "scaling_factor", "0.1 0.2 0.3 0.4"),
        MethodGrid("ties_merging", "scaling_factor", "0.2 0.3 0.5 0.8"),
        MethodGrid("dare/simple_average", "sparsity_ratio", "0.3 0.5 0.8"),
        MethodGrid("dare/task_arithmetic", "scaling_factor", "0.1 0.2 0.3 0.4"),
        MethodGrid("dare/ties_merging", "scaling_factor", "0.2 0.3 0.5 0.8"),
        MethodGrid("breadcrumbs/breadcrumbs", "lambda", "0.1 0.2 0.3 0.4"),
        MethodGrid("breadcrumbs/breadcrumbs_ties", "lambda", "0.2 0.3 0.5 0.8"),
        MethodGrid("della/della", "lambda", "0.3 0.5 0.8 1.0", "method.density=0.8"),
        MethodGrid("della/della_linear", "lambda", "0.1 0.2 0.3 0.4", "method.density=0.8"),
        MethodGrid("magmax/magmax", "scaling_factor", "0.2 0.3 0.5 0.8"),
        MethodGrid("sce/sce", "select_topk", "0.2 0.5 1.0"),
        MethodGrid("ram/ram", "epsilon", "1e-5 1e-4 1e-3"),
        MethodGrid("ram/ramplus_tl", "r", "0.1 0.3 0.5"),
        MethodGrid("model_stock/model_stock"),
        MethodGrid("karcher/karcher"),
        MethodGrid("multislerp/multislerp"),
        MethodGrid("emr_merging/emr_merging"),
        MethodGrid("tall_mask/task_arithmetic", "tall_mask_lambda", "0.2 0.4 0.6", "method.compare_task_vectors=true"),
        MethodGrid("isotropic_merging/iso_c", "scaling_factor", "0.5 1.0 1.5 2.0"),
        MethodGrid("isotropic_merging/iso_cts", "scaling_factor", "0.5 1.0 1.5 2.0"),
        MethodGrid("task_singular_vector/TaskSingularVectorMerging", "alpha", "0.3 0.5 0.8 1.0 1.3"),
        MethodGrid("task_singular_vector/TaskSingularVectorCompression", "sv_reduction", "0.1 0.2 0.5"),
        MethodGrid("wudi/wudi", "iter_num", "400 1000 2000"),
        MethodGrid("swudi/swudi", "exp_time", "130 1300 13000 130000"),
        MethodGrid("swudi/swudi_a", "rank_scale", "0.5 1.0 2.0"),
        MethodGrid("ace_merging/ace_merging", "scaling_coefficient", "0.5 0.8 1.0 1.5"),
        MethodGrid("cart/cart", "scaling_factor", "0.5 1.0 1.5 2.0"),
        MethodGrid("dc_merge/dc_merge", "scaling_factor", "0.5 1.0 1.5 2.0"),
        MethodGrid("knots/ties_merging", "base_method.scaling_factor", "0.2 0.3 0.5 0.8"),
        MethodGrid("knots/dare_ties_merging", "base_method.scaling_factor", "0.2 0.3 0.5 0.8"),
        MethodGrid("doge_ta/doge_ta", "lamda", "0.03 0.07 0.15"),
        MethodGrid("singular_value_calibration/simple_average", "alpha", "0.1 0.5 1.0"),
        MethodGrid("singular_value_calibration/task_arithmetic", "scaling_factor", "0.1 0.2 0.3"),
        MethodGrid("singular_value_calibration/ties_merging", "alpha", "0.1 0.5 1.0"),
        MethodGrid("singular_value_calibration/iso_c", "alpha", "0.1 0.5 1.0"),
        MethodGrid("nufilt/nufilt", "null_r", "16 32 64", "method.seed=1", "method.evaluate_on_every_step=false"),
        MethodGrid("opcm/opcm", "alpha", "0.3 0.5 0.8", "method.seed=1", "method.evaluate_on_every_step=false"),
        MethodGrid("dop/dop", "alpha", "0.5 0.8", "method.seed=1", "method.evaluate_on_every_step=false"),
    ]
}
