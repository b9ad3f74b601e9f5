// Before anything is shown: what only serves where no script runs is not shown at all, and nothing moves later.
document.documentElement.classList.add("has-script");
