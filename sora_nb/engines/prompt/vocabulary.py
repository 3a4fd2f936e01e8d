"""The words the offline engine understands: small tables of synonyms, English and Chinese.

English entries are base forms ("walk" also stands for walks, walking, walked) of one to four words. Chinese entries are
found anywhere in a run of Chinese characters. Longer entries win over shorter ones.
"""

from __future__ import annotations

SCENES = {
    "beach": "beach, seaside, seashore, shore, coast, ocean, sea, island, lake, lakeside, harbor, harbour, 海边, 海滩, 沙滩, "
    "海洋, 大海, 湖边, 海岛",
    "coffee shop": "coffee shop, coffee house, coffeehouse, cafe, café, coffee bar, espresso bar, tea house, bistro, "
    "restaurant, diner, bakery, bar, pub, 咖啡馆, 咖啡店, 咖啡厅, 餐厅, 茶馆",
    "office": "office, workplace, meeting room, conference room, cubicle, lab, laboratory, classroom, school, startup, "
    "办公室, 会议室, 教室, 实验室",
    "forest": "forest, wood, woods, woodland, jungle, rainforest, swamp, river, riverside, waterfall, 森林, 树林, 丛林, 竹林",
    "city street": "city, street, city street, downtown, alley, avenue, sidewalk, town, market, rooftop, skyscraper, "
    "crosswalk, traffic, times square, subway, bus stop, road, neon, 城市, 街道, 街上, 街头, 马路, 市中心, 市场",
    "mountains": "mountain, hill, peak, cliff, alps, himalaya, valley, summit, mountain top, canyon, castle, 山顶, 高山, "
    "山上, 群山, 雪山, 山谷",
    "space": "space, outer space, moon surface, on the moon, mars, planet, galaxy, cosmos, universe, orbiting earth, "
    "space station, spaceship, asteroid, nebula, 太空, 宇宙, 月球, 火星, 星球, 银河",
    "living room": "living room, home, house, couch, sofa, apartment, bedroom, bed, fireplace, lounge, window, room, "
    "客厅, 家里, 沙发, 卧室, 房间",
    "stage": "stage, concert, theatre, theater, show, spotlight, dance floor, club, nightclub, opera, circus, arena, "
    "舞台, 演唱会, 剧院, 音乐会, 剧场",
    "snow": "snow field, snowfield, ice, arctic, antarctica, north pole, south pole, glacier, tundra, winter wonderland, "
    "iceberg, snowman, ski slope, 雪地, 冰原, 北极, 南极, 冰川",
    "underwater": "underwater, under water, under the sea, under the ocean, under the water, coral, coral reef, reef, "
    "seabed, ocean floor, deep sea, aquarium, sea floor, 海底, 水下, 珊瑚, 水族馆",
    "desert": "desert, dune, sahara, savanna, savannah, oasis, wasteland, sand dune, wild west, 沙漠, 沙丘, 戈壁, 草原",
    "meadow": "meadow, park, field, garden, lawn, grass, countryside, farm, prairie, picnic, playground, 草地, 公园, 花园, "
    "田野, 农场",
    "kitchen": "kitchen, stove, 厨房",
}
"""Words that name a place."""

SCENE_HINTS = {
    "beach": "wave, surfer, surf, sailor, sand, sandcastle, palm, pirate, seagull, sunbathe, 海浪, 冲浪",
    "coffee shop": "coffee, latte, latte art, espresso, cappuccino, barista, 咖啡, 拿铁, 咖啡师",
    "office": "desk, computer, laptop, office worker, businessman, businesswoman, presentation, scientist, 电脑, 上班",
    "forest": "tree, bamboo, campfire, camping, mushroom, fairy, deer, monkey, gorilla, elf, 树",
    "city street": "taxi, bus, car, policeman, detective, superhero, umbrella, 汽车, 出租车",
    "mountains": "hike, climb, yeti, goat, knight, dragon, 爬山, 登山",
    "space": "astronaut, rocket, alien, star ship, starship, ufo, meteor, 宇航员, 火箭, 外星人",
    "living room": "tv, television, carpet, cushion, pillow, christmas tree, 电视",
    "stage": "crowd, audience, singer, band, microphone, ballet, dj, magician, ballerina, 观众, 歌手",
    "snow": "snow, snowball, ski, skate, sled, penguin, polar bear, igloo, winter, 雪, 企鹅, 滑雪",
    "underwater": "fish, mermaid, diver, shark, whale, octopus, turtle, dolphin, submarine, bubble, dive, 鱼, 潜水员, 潜水",
    "desert": "camel, cactus, cowboy, pyramid, 骆驼, 仙人掌, 牛仔",
    "meadow": "flower, butterfly, cow, sheep, horse, kite, bunny, rabbit, 花, 蝴蝶, 风筝",
    "kitchen": "cook, chef, bake, soup, cake, 做饭, 厨师",
}
"""Words that suggest a place where the prompt names none."""

TIMES = {
    "dawn": "dawn, sunrise, daybreak, morning, early light, first light, 清晨, 早晨, 日出, 黎明, 早上",
    "day": "day, daytime, daylight, noon, midday, high noon, afternoon, lunch, 白天, 中午, 下午",
    "sunset": "sunset, dusk, golden hour, evening, twilight, sundown, late afternoon, 日落, 黄昏, 傍晚, 夕阳",
    "night": "night, midnight, nighttime, moonlight, moonlit, full moon, starry, starlight, star, under the star, "
    "late at night, 夜晚, 夜里, 晚上, 午夜, 星空, 月光",
}

WEATHERS = {
    "clear": "sunny, clear, sunshine, bright, sun, blue sky, cloudless, 晴天, 晴朗, 阳光",
    "rain": "rain, rainy, storm, stormy, thunderstorm, thunder, drizzle, downpour, wet, lightning, 下雨, 雨中, 雨, 暴风雨",
    "snow": "snow, snowy, blizzard, snowfall, snowstorm, snowflake, snow falling, 下雪, 飘雪, 雪花",
    "fog": "fog, foggy, mist, misty, haze, hazy, smoke, smoky, 雾, 大雾, 薄雾",
    "cloudy": "cloudy, cloud, overcast, grey sky, gray sky, 多云, 阴天",
}

CAMERAS = {
    "static": "static, static camera, locked off, fixed camera, still camera, tripod, 固定镜头, 静止镜头",
    "pan": "pan, slow pan, pan left, pan right, panning shot, tracking shot, track, follow shot, dolly shot, side scroll, "
    "摇镜头, 平移, 跟拍",
    "push in": "push in, zoom in, zoom, dolly in, close up, closeup, close-up, move closer, portrait shot, "
    "推近, 镜头推近, 特写, 放大",
    "pull out": "pull out, zoom out, pull back, dolly out, reveal, 拉远, 镜头拉远",
    "orbit": "orbit, orbit around, circle around, arc shot, rotate around, 360, slow orbit, 环绕, 环绕镜头",
    "tilt": "tilt, tilt up, tilt down, crane shot, look up at, pedestal, 仰拍, 升降镜头",
    "handheld": "handheld, hand-held, shaky, shaky cam, documentary, vlog, found footage, 手持, 手持镜头",
    "wide": "wide, wide shot, wide angle, drone, drone shot, aerial, aerial view, aerial shot, establishing shot, "
    "bird's eye, panorama, long shot, 航拍, 全景, 远景",
}

ACTIONS = {
    "walk": "walk, stroll, wander, hike, march, explore, travel, come, go, cross, climb, step, approach, enter, leave, "
    "sneak, tiptoe, patrol, 走, 走路, 散步, 行走, 漫步, 徒步",
    "run": "run, jog, sprint, race, chase, rush, ride, drive, gallop, skate, ski, slide, dash, flee, escape, hurry, "
    "skateboard, 跑, 跑步, 奔跑, 滑雪, 追",
    "jump": "jump, hop, leap, bounce, skip, 跳, 跳跃, 蹦",
    "dance": "dance, spin, twirl, celebrate, party, groove, boogie, perform, cheer, 跳舞, 舞蹈, 旋转, 庆祝",
    "wave": "wave hello, wave at, wave to, waves, waving, greet, hello, clap, salute, goodbye, 挥手, 打招呼, 鼓掌",
    "sit": "sit, rest, meditate, relax, kneel, crouch, yoga, wait in line, 坐, 打坐, 休息",
    "sleep": "sleep, asleep, nap, snore, doze, lie, sunbathe, 睡觉, 睡, 躺",
    "talk": "talk, speak, chat, say, tell, present, presentation, lecture, argue, explain, interview, 说话, 聊天, 演讲, 说",
    "sing": "sing, hum, rap, scream, shout, 唱歌, 唱",
    "play": "play, juggle, drum, strum, 弹, 演奏, 玩, 打球",
    "work": "work, type, pour, cook, bake, paint, draw, build, make, serve, write, cast, repair, clean, fishing, study, "
    "工作, 打字, 做饭, 画画",
    "eat": "eat, munch, chew, bite, lick, 吃",
    "drink": "drink, sip, 喝",
    "read": "read, 看书, 阅读, 读书",
    "look": "look, watch, stare, gaze, smile, laugh, think, grin, dream, observe, 看, 微笑, 笑, 看着",
    "stand": "stand, wait, pose, stay, 站, 站在, 等",
    "float": "float, drift, hover, levitate, 漂浮, 飘",
    "fly": "fly, soar, glide, 飞, 飞行, 飞翔",
    "swim": "swim, dive, snorkel, 游泳, 游, 潜水",
}

CHARACTERS = {
    "corgi": "corgi, 柯基",
    "dog": "dog, puppy, doggy, pup, hound, retriever, labrador, husky, wolf, 狗, 小狗",
    "cat": "cat, kitten, kitty, tabby, 猫, 小猫",
    "tiger": "tiger, 老虎",
    "lion": "lion, 狮子",
    "fox": "fox, 狐狸",
    "bear": "bear, teddy, teddy bear, grizzly, 熊, 小熊",
    "polar bear": "polar bear, yeti, 北极熊",
    "panda": "panda, 熊猫",
    "rabbit": "rabbit, bunny, hare, 兔子, 小兔",
    "mouse": "mouse, rat, hamster, 老鼠",
    "pig": "pig, piglet, 猪",
    "monkey": "monkey, ape, gorilla, chimp, 猴子",
    "frog": "frog, toad, 青蛙",
    "penguin": "penguin, 企鹅",
    "duck": "duck, duckling, chick, bird, chicken, parrot, owl, 鸭子, 小鸟, 鸟",
    "fish": "fish, goldfish, clownfish, shark, whale, dolphin, turtle, octopus, 鱼, 小鱼",
    "robot": "robot, android, droid, cyborg, mech, 机器人",
    "alien": "alien, martian, monster, 外星人, 怪物",
    "astronaut": "astronaut, cosmonaut, spaceman, 宇航员",
    "barista": "barista, waiter, waitress, bartender, 咖啡师, 服务员",
    "chef": "chef, baker, 厨师",
    "wizard": "wizard, witch, magician, sorcerer, 巫师, 魔法师",
    "superhero": "superhero, hero, 超级英雄",
    "knight": "knight, warrior, 骑士",
    "cowboy": "cowboy, cowgirl, sheriff, 牛仔",
    "diver": "diver, mermaid, 潜水员",
    "woman": "woman, girl, lady, mother, princess, queen, ballerina, actress, businesswoman, 女孩, 女人, 姑娘",
    "person": "person, man, boy, guy, people, friend, human, kid, child, teacher, student, worker, singer, scientist, "
    "sailor, surfer, businessman, detective, dj, king, prince, player, everybody, somebody, 男孩, 男人, 孩子, 人",
    "snowman": "snowman, 雪人",
}
"""Nouns for which the engine draws a stock character, in a prompt without an @mention."""

_FILLERS = """
    a an and the of in on at to by with for from into onto up down over under through across around between near next
    front behind beside his her its their my our your he she it they we you i him them me us this that these those is
    are was were be being been has have had do does very so too then while as or but not no off out all each other
    another some many two three four alone together slowly quickly happily gently just about back still deep late early
    high huge big small little tiny old young new red blue green yellow white black pink purple orange brown golden
    warm cold cozy cosy cute beautiful nice happy sad funny cinematic scene video shot camera view background 一只 一个
    的 在 里 和 中 上 有 着 了 一 个 只 小 镜头
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that carry no meaning of their own here, and are not reported as unknown."""
