using NUnit.Framework;

// Fixtures that bring clusters up wait more than they compute: those that say so run beside each other, first. All
// others run after them, one by one.
[assembly: LevelOfParallelism(3)]
